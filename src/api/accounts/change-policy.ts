import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { insertPolicy, rulingFor, type Ruling } from '../../db/accounts/account-policies.js';
import { lockAccount, type AccountRow } from '../../db/accounts/accounts.js';
import type { Database } from '../../db/pool.js';
import type { ApprovalRow } from '../../db/support/approvals.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { isLooser } from '../../domain/cases/looser-policy.js';
import type { Policy } from '../../domain/cases/policy.js';
import { publicId } from '../../domain/ids.js';
import { withEyes, type Outcome } from '../approvals/eyes.js';
import type { AppDeps } from '../deps.js';
import { conflict, notFound } from '../http/problem.js';
import { policyBody, policyOnWire } from '../schemas/policies.js';
import type { Asker } from './new-key.js';

interface Wanted {
  readonly accountId: string;
  readonly policy: Policy;
  readonly expectedVersion: number | undefined; // undefined: whichever is in force
}

/** The next version of an account's policy. One that takes more than the one in force is for two persons. */
export function changePolicy<T>(
  deps: AppDeps,
  wanted: Wanted,
  asker: Asker,
  answer: (db: Database) => Promise<T>, // as it is when this one is in force, and no later one
): Promise<Outcome<T>> {
  const { accountId, policy } = wanted;
  return withEyes(deps, async (db) => {
    const { account, before } = await lockedRuling(db, wanted);
    const what = {
      account: account.name,
      version: before.version,
      in_force: policyOnWire(before.policy),
      policy: policyOnWire(policy),
    };
    return {
      act: { kind: 'policy', isLooser: isLooser(policy, before.policy, deps.settings.tolerance) },
      proposal: { kind: 'policy', subject: publicId('account', accountId), accountId, orderId: null, what, ...asker },
      perform: async () => {
        await putInForce(db, { before, accountId, policy }, asker);
        return answer(db);
      },
    };
  });
}

const agreedPolicy = z.object({ version: z.number(), policy: policyBody.shape.policy });

/** The policy that two agreed to, if it is still the next one. */
export async function changePolicyAsAgreed(db: Database, found: ApprovalRow): Promise<void> {
  const { version, policy } = agreedPolicy.parse(found.what);
  const accountId = found.accountId ?? '';
  const { before } = await lockedRuling(db, { accountId, policy, expectedVersion: version });
  await putInForce(db, { before, accountId, policy }, { actor: found.proposedBy, reason: found.reason });
}

/** The policy in force, and the account's row locked, so that two changes are two versions. */
async function lockedRuling(
  db: Database,
  { accountId, expectedVersion }: Wanted,
): Promise<{ account: AccountRow; before: Ruling }> {
  const account = await lockAccount(db, accountId);
  if (!account) throw notFound();
  const before = await rulingFor(db, accountId);
  if (expectedVersion !== undefined && expectedVersion !== before.version) {
    const detail = `The policy in force is version ${before.version}.`;
    throw conflict(detail, { resource: 'account_policy', field: 'version' });
  }
  return { account, before };
}

async function putInForce(
  db: Database,
  { before, accountId, policy }: { before: Ruling; accountId: string; policy: Policy },
  { actor, reason }: Asker,
): Promise<void> {
  if (isDeepStrictEqual(before.policy, policy)) return; // nothing changes, nothing is audited
  const { version } = await insertPolicy(db, { accountId, policy, actor, reason });
  await appendAudit(db, {
    actor,
    reason,
    action: 'account.policy_changed',
    accountId,
    subject: publicId('account', accountId),
    before: { version: before.version, policy: policyOnWire(before.policy) },
    after: { version, policy: policyOnWire(policy) },
  });
}
