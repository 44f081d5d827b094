import type { FastifyReply, FastifyRequest } from 'fastify';
import { policyVersions, rulingFor } from '../../../db/accounts/account-policies.js';
import { percentText, type Policy } from '../../../domain/cases/policy.js';
import { publicId } from '../../../domain/ids.js';
import { minute } from '../../../domain/timing.js';
import { consolePolicyPage } from '../../../web/console/accounts/console-policy-page.js';
import { changePolicy } from '../../accounts/change-policy.js';
import { accountIdIn, accountIn } from '../../accounts/account-id.js';
import { installationOf, rehearsalOf, shownVersions } from '../../accounts/policy-answers.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { policyForm, policyIn } from '../../console/policy-fields.js';
import type { AppDeps, Routes } from '../../deps.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { accountParams } from '../../schemas/accounts.js';
import type { DryRunAnswer } from '../../schemas/policies.js';

const putsInForce = (body: unknown) => (body as { act?: unknown } | null)?.act === 'put';

/** How an account wants unusual money judged: rehearsed on the past first, then put in force. */
export const consolePolicyRoutes: Routes = (console, deps) => {
  console.get(
    '/accounts/:id/policy',
    { config: forConsole('page'), schema: { hide: true, params: accountParams } },
    async (request, reply) => show(deps, request, { reply, id: request.params.id, tried: null }),
  );

  console.post(
    '/accounts/:id/policy',
    {
      config: { ...forConsole('policy:change'), confirmed: putsInForce },
      schema: { hide: true, params: accountParams, body: policyForm },
    },
    async (request, reply) => {
      const { act, mode, days, reason, expected_version: expectedVersion } = request.body;
      const policy = policyIn(request.body);
      const { id } = request.params;
      const accountId = accountIdIn(id, 'id');
      if (act === 'rehearse') {
        const rehearsal = await rehearsalOf(deps, { accountId, policy, mode, days });
        return show(deps, request, { reply, id, tried: { policy, rehearsal } });
      }
      const wanted = { accountId, policy, expectedVersion };
      const asker = { actor: actorIn(request), reason };
      const { kind } = await changePolicy(deps, wanted, asker, () => Promise.resolve());
      const text = kind === 'waits' ? 'Proposed. Another person must approve it.' : 'The policy is in force.';
      return backWith(reply, `/console/accounts/${publicId('account', accountId)}/policy`, { tone: 'good', text });
    },
  );
};

interface Shown {
  readonly reply: FastifyReply;
  readonly id: string;
  readonly tried: { readonly policy: Policy; readonly rehearsal: DryRunAnswer } | null;
}

async function show(deps: AppDeps, request: FastifyRequest, { reply, id, tried }: Shown): Promise<FastifyReply> {
  const { pool } = deps;
  const account = await accountIn(pool, id);
  const { version, policy } = await rulingFor(pool, account.id);
  const { tolerance, partialWindowMs } = installationOf(deps);
  const page = consolePolicyPage({
    context: await consoleContext(deps, request, reply),
    account: { id: publicId('account', account.id), name: account.name },
    version,
    policy: tried?.policy ?? policy,
    installation: {
      tolerancePercent: percentText(tolerance.under),
      partialWindowMinutes: partialWindowMs / minute,
    },
    versions: await policyVersions(pool, account.id, shownVersions),
    rehearsal: tried?.rehearsal ?? null,
  });
  return sendPage(reply, page);
}
