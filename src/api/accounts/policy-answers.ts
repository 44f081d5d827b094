import { policyVersions, rulingFor } from '../../db/accounts/account-policies.js';
import { databaseNow } from '../../db/clock.js';
import type { Database } from '../../db/pool.js';
import type { Installation } from '../../domain/cases/policy-rehearsal.js';
import { percentText, type Policy } from '../../domain/cases/policy.js';
import { publicId, type Mode } from '../../domain/ids.js';
import { day, isoAfter, minute } from '../../domain/timing.js';
import type { AppDeps } from '../deps.js';
import { policyOnWire, type DryRunAnswer, type PolicyAnswer } from '../schemas/policies.js';
import { dryRun } from './policy-dry-run.js';

export const shownVersions = 50; // of a policy, the newest

/** What is left to the installation where a policy says nothing. */
export function installationOf({ settings }: Pick<AppDeps, 'settings'>): Installation {
  return { tolerance: settings.tolerance, partialWindowMs: settings.clocks.partialWindowMs };
}

export async function policyAnswerOf(
  db: Database,
  accountId: string,
  installation: Installation,
): Promise<PolicyAnswer> {
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

interface Rehearsal {
  readonly accountId: string;
  readonly policy: Policy;
  readonly mode: Mode;
  readonly days: number;
}

/** What a policy would have made of the last days, beside what the one in force makes of them. Changes nothing. */
export async function rehearsalOf(deps: AppDeps, { accountId, policy, mode, days }: Rehearsal): Promise<DryRunAnswer> {
  const { pool } = deps;
  const since = isoAfter(await databaseNow(pool), -days * day);
  const current = await rulingFor(pool, accountId);
  const candidates = { current, proposed: policy, installation: installationOf(deps) };
  return dryRun(pool, { accountId, mode, since }, candidates);
}
