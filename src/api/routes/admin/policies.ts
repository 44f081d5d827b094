import { isDeepStrictEqual } from 'node:util';
import { insertPolicy, policyVersions, rulingFor } from '../../../db/accounts/account-policies.js';
import { findAccount, lockAccount } from '../../../db/accounts/accounts.js';
import { appendAudit } from '../../../db/support/audit-log.js';
import { databaseNow } from '../../../db/clock.js';
import type { Database } from '../../../db/pool.js';
import { inTransaction } from '../../../db/query.js';
import { publicId } from '../../../domain/ids.js';
import type { Installation } from '../../../domain/cases/policy-rehearsal.js';
import { percentText } from '../../../domain/cases/policy.js';
import { day, isoAfter, minute } from '../../../domain/timing.js';
import { accountIdIn } from '../../accounts/account-id.js';
import type { Routes } from '../../deps.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { dryRun } from '../../accounts/policy-dry-run.js';
import { conflict, notFound } from '../../http/problem.js';
import { accountParams } from '../../schemas/accounts.js';
import {
  dryRunAnswer,
  dryRunBody,
  policyAnswer,
  policyBody,
  policyOnWire,
  type PolicyAnswer,
} from '../../schemas/policies.js';

const config = { permission: 'operator:read' } as const;
const rehearsing = { permission: 'operator:policies' } as const;
const changing = { ...rehearsing, forLive: true } as const;
const path = '/v1/admin/accounts/:id/policy';
const shownVersions = 50;

/** How an account wants unusual money judged: every change is a version, and can be rehearsed on the past first. */
export const policyRoutes: Routes = (app, { pool, settings }) => {
  const installation: Installation = {
    tolerance: settings.tolerance,
    partialWindowMs: settings.clocks.partialWindowMs,
  };

  app.get(path, { config, schema: { params: accountParams, response: { 200: policyAnswer } } }, async (request) =>
    policyOf(pool, await existingAccount(pool, request.params.id), installation),
  );

  app.put(
    path,
    {
      config: changing,
      schema: { params: accountParams, body: policyBody, response: { 200: policyAnswer } },
    },
    async (request) => {
      const { policy, expected_version, reason = null } = request.body;
      const accountId = accountIdIn(request.params.id, 'id');
      const { actor } = callerIn(request);
      return inTransaction(pool, async (db) => {
        if (!(await lockAccount(db, accountId))) throw notFound();
        const before = await rulingFor(db, accountId);
        if (expected_version !== undefined && expected_version !== before.version) {
          const detail = `The policy in force is version ${before.version}.`;
          throw conflict(detail, { resource: 'account_policy', field: 'version' });
        }
        if (!isDeepStrictEqual(before.policy, policy)) {
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
        return policyOf(db, accountId, installation);
      });
    },
  );

  app.post(
    `${path}/dry-run`,
    { config: rehearsing, schema: { params: accountParams, body: dryRunBody, response: { 200: dryRunAnswer } } },
    async (request) => {
      const { policy, days } = request.body;
      const mode = reachIn(request) ?? request.body.mode;
      const accountId = await existingAccount(pool, request.params.id);
      const since = isoAfter(await databaseNow(pool), -days * day);
      const current = await rulingFor(pool, accountId);
      return dryRun(pool, { accountId, mode, since }, { current, proposed: policy, installation });
    },
  );
};

async function existingAccount(db: Database, id: string): Promise<string> {
  const account = await findAccount(db, accountIdIn(id, 'id'));
  if (!account) throw notFound();
  return account.id;
}

async function policyOf(db: Database, accountId: string, installation: Installation): Promise<PolicyAnswer> {
  const { version, policy } = await rulingFor(db, accountId);
  const versions = await policyVersions(db, accountId, shownVersions);
  return {
    account_id: publicId('account', accountId),
    version,
    policy: policyOnWire(policy),
    installation: {
      tolerance_percent: percentText(installation.tolerance.under),
      partial_window_minutes: installation.partialWindowMs / minute,
    },
    versions: versions.map((row) => ({
      version: row.version,
      policy: policyOnWire(row.policy),
      actor: row.actor,
      reason: row.reason,
      created_at: row.createdAt,
    })),
  };
}
