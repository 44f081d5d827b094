import { changePolicy } from '../../accounts/change-policy.js';
import { accountIdIn, accountIn } from '../../accounts/account-id.js';
import { installationOf, policyAnswerOf, rehearsalOf } from '../../accounts/policy-answers.js';
import type { Routes } from '../../deps.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { accountParams } from '../../schemas/accounts.js';
import { approvalAnswer, approvalAnswerOf } from '../../schemas/approvals.js';
import { dryRunAnswer, dryRunBody, policyAnswer, policyBody } from '../../schemas/policies.js';

const config = { permission: 'operator:read' } as const;
const rehearsing = { permission: 'operator:policies' } as const;
const changing = { ...rehearsing, forLive: true } as const;
const path = '/v1/admin/accounts/:id/policy';

/** How an account wants unusual money judged: every change is a version, and can be rehearsed on the past first. */
export const policyRoutes: Routes = (app, deps) => {
  const { pool } = deps;
  const installation = installationOf(deps);

  app.get(path, { config, schema: { params: accountParams, response: { 200: policyAnswer } } }, async (request) =>
    policyAnswerOf(pool, (await accountIn(pool, request.params.id)).id, installation),
  );

  app.put(
    path,
    {
      config: changing,
      schema: { params: accountParams, body: policyBody, response: { 200: policyAnswer, 202: approvalAnswer } },
    },
    async (request, reply) => {
      const { policy, expected_version, reason = null } = request.body;
      const accountId = accountIdIn(request.params.id, 'id');
      const { actor } = callerIn(request);
      const wanted = { accountId, policy, expectedVersion: expected_version };
      const outcome = await changePolicy(deps, wanted, { actor, reason }, (db) =>
        policyAnswerOf(db, accountId, installation),
      );
      if (outcome.kind === 'waits') return reply.code(202).send(approvalAnswerOf(outcome.approval));
      return outcome.value;
    },
  );

  app.post(
    `${path}/dry-run`,
    { config: rehearsing, schema: { params: accountParams, body: dryRunBody, response: { 200: dryRunAnswer } } },
    async (request) => {
      const { policy, days } = request.body;
      const mode = reachIn(request) ?? request.body.mode;
      const { id: accountId } = await accountIn(pool, request.params.id);
      return rehearsalOf(deps, { accountId, policy, mode, days });
    },
  );
};
