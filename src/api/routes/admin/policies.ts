import { policyVersions, rulingFor } from '../../../db/accounts/account-policies.js';
import { findAccount } from '../../../db/accounts/accounts.js';
import { databaseNow } from '../../../db/clock.js';
import type { Database } from '../../../db/pool.js';
import { publicId } from '../../../domain/ids.js';
import type { Installation } from '../../../domain/cases/policy-rehearsal.js';
import { percentText } from '../../../domain/cases/policy.js';
import { day, isoAfter, minute } from '../../../domain/timing.js';
import { changePolicy } from '../../accounts/change-policy.js';
import { accountIdIn } from '../../accounts/account-id.js';
import type { Routes } from '../../deps.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { dryRun } from '../../accounts/policy-dry-run.js';
import { notFound } from '../../http/problem.js';
import { accountParams } from '../../schemas/accounts.js';
import { approvalAnswer, approvalAnswerOf } from '../../schemas/approvals.js';
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
export const policyRoutes: Routes = (app, deps) => {
  const { pool, settings } = deps;
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
      schema: { params: accountParams, body: policyBody, response: { 200: policyAnswer, 202: approvalAnswer } },
    },
    async (request, reply) => {
      const { policy, expected_version, reason = null } = request.body;
      const accountId = accountIdIn(request.params.id, 'id');
      const { actor } = callerIn(request);
      const wanted = { accountId, policy, expectedVersion: expected_version };
      const outcome = await changePolicy(deps, wanted, { actor, reason }, (db) =>
        policyOf(db, accountId, installation),
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
