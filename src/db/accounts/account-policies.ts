import { defaultPolicy, type Policy } from '../../domain/policy.js';
import type { Database } from '../pool.js';
import { many, maybeOne, one, selectList } from '../query.js';

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

/** The policy in force for an account; null: it never set one. */
export function currentPolicy(db: Database, accountId: string): Promise<PolicyRow | null> {
  return maybeOne<PolicyRow>(
    db,
    `select ${policyColumns} from account_policies where account_id = $1 order by version desc limit 1`,
    [accountId],
  );
}

/** What an order of the account is judged by; version 0 is the installation's own way. */
export async function rulingFor(db: Database, accountId: string): Promise<Pick<PolicyRow, 'version' | 'policy'>> {
  return (await currentPolicy(db, accountId)) ?? { version: 0, policy: defaultPolicy };
}

/** Every version, the newest first. */
export function policyVersions(db: Database, accountId: string, limit: number): Promise<PolicyRow[]> {
  return many<PolicyRow>(
    db,
    `select ${policyColumns} from account_policies where account_id = $1 order by version desc limit $2`,
    [accountId, limit],
  );
}

/** Puts the next version in force. The caller holds the account's row, so that two changes are two versions. */
export function insertPolicy(
  db: Database,
  { accountId, policy, actor, reason }: { accountId: string; policy: Policy; actor: string; reason: string | null },
): Promise<PolicyRow> {
  return one<PolicyRow>(
    db,
    `insert into account_policies (account_id, version, policy, actor, reason)
     select $1, coalesce(max(version), 0) + 1, $2, $3, $4 from account_policies where account_id = $1
     returning ${policyColumns}`,
    [accountId, JSON.stringify(policy), actor, reason],
  );
}
