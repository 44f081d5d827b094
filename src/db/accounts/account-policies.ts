import { defaultPolicy, type Policy } from '../../domain/cases/policy.js';
import type { Database } from '../pool.js';
import { many, one, selectList } from '../query.js';

export interface PolicyRow {
  readonly accountId: string;
  readonly version: number;
  readonly policy: Policy;
  readonly actor: string;
  readonly reason: string | null;
  readonly createdAt: string;
}

export const policyColumns = selectList<PolicyRow>({
  accountId: 'account_id',
  version: 'version',
  policy: 'policy',
  actor: 'actor',
  reason: 'reason',
  createdAt: 'created_at',
});

/** A policy as its JSON is stored; rows of any age have these names. */
interface StoredPolicy {
  readonly tolerance_percent: string | null;
  readonly tolerance_cap_cents: number | null;
  readonly overpaid: 'case' | 'keep';
  readonly late: { readonly within_minutes: number; readonly rate_band_percent: string } | null;
  readonly partial_window_minutes: number | null;
}

type StoredRow = Omit<PolicyRow, 'policy'> & { readonly policy: StoredPolicy };

/** What an order of the account is judged by; version 0 is the installation's own way. */
export type Ruling = Pick<PolicyRow, 'version' | 'policy'>;
export type StoredRuling = Pick<StoredRow, 'version' | 'policy'>;

export async function rulingFor(db: Database, accountId: string): Promise<Ruling> {
  const [newest] = await policyVersions(db, accountId, 1);
  return newest ?? noRuling;
}

const noRuling: Ruling = { version: 0, policy: defaultPolicy };

/** The newest version as one value within another statement, for `rulingIn`. */
export function rulingWithin(accountId: string): string {
  return `(select jsonb_build_object('version', version, 'policy', policy) from account_policies
    where account_id = ${accountId} order by version desc limit 1)`;
}

export function rulingIn(stored: StoredRuling | null): Ruling {
  return stored === null ? noRuling : fromStored(stored);
}

/** Every version, the newest first. */
export async function policyVersions(db: Database, accountId: string, limit: number): Promise<PolicyRow[]> {
  const rows = await many<StoredRow>(
    db,
    `select ${policyColumns} from account_policies where account_id = $1 order by version desc limit $2`,
    [accountId, limit],
  );
  return rows.map(fromStored);
}

/** Puts the next version in force. The caller holds the account's row, so that two changes are two versions. */
export async function insertPolicy(
  db: Database,
  { accountId, policy, actor, reason }: { accountId: string; policy: Policy; actor: string; reason: string | null },
): Promise<PolicyRow> {
  const row = await one<StoredRow>(
    db,
    `insert into account_policies (account_id, version, policy, actor, reason)
     select $1, coalesce(max(version), 0) + 1, $2, $3, $4 from account_policies where account_id = $1
     returning ${policyColumns}`,
    [accountId, JSON.stringify(toStored(policy)), actor, reason],
  );
  return fromStored(row);
}

function fromStored<Row extends StoredRuling>({ policy, ...row }: Row): Omit<Row, 'policy'> & { policy: Policy } {
  const { late } = policy;
  return {
    ...row,
    policy: {
      tolerancePercent: policy.tolerance_percent,
      toleranceCapCents: policy.tolerance_cap_cents,
      overpaid: policy.overpaid,
      late: late && { withinMinutes: late.within_minutes, rateBandPercent: late.rate_band_percent },
      partialWindowMinutes: policy.partial_window_minutes,
    },
  };
}

function toStored({ late, ...policy }: Policy): StoredPolicy {
  return {
    tolerance_percent: policy.tolerancePercent,
    tolerance_cap_cents: policy.toleranceCapCents,
    overpaid: policy.overpaid,
    late: late && { within_minutes: late.withinMinutes, rate_band_percent: late.rateBandPercent },
    partial_window_minutes: policy.partialWindowMinutes,
  };
}
