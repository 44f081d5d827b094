import { randomUUID } from 'node:crypto';
import type { Database } from '../pool.js';
import { execute, selectList } from '../query.js';

/** One change by a person or a key: who, what, why, before and after. Never secrets. */
export interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly accountId: string | null;
  readonly orderId?: string | null;
  readonly subject?: string | null; // the public id of what was changed
  readonly reason?: string | null;
  readonly before?: object | null;
  readonly after?: object | null;
  readonly result?: string;
}

export interface AuditRow {
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly accountId: string | null;
  readonly orderId: string | null;
  readonly subject: string | null;
  readonly reason: string | null;
  readonly before: object | null;
  readonly after: object | null;
  readonly result: string;
  readonly position: number | null; // in the chain; null, with its hashes: not sealed yet
  readonly previousHash: string | null;
  readonly hash: string | null;
}

export const auditColumns = selectList<AuditRow>({
  seq: 'seq',
  id: 'id',
  at: 'at',
  actor: 'actor',
  action: 'action',
  accountId: 'account_id',
  orderId: 'order_id',
  subject: 'subject',
  reason: 'reason',
  before: 'before',
  after: 'after',
  result: 'result',
  position: 'position',
  previousHash: 'previous_hash',
  hash: 'hash',
});

/** Appends a row in the transaction of the change. It waits for nobody: it is sealed into the chain afterwards. */
export async function appendAudit(db: Database, entry: AuditEntry): Promise<void> {
  await execute(
    db,
    `insert into audit_log (id, at, actor, action, account_id, order_id, subject, reason, before, after, result)
     values ($1, now(), $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10)`,
    [
      randomUUID(),
      entry.actor,
      entry.action,
      entry.accountId,
      entry.orderId ?? null,
      entry.subject ?? null,
      entry.reason ?? null,
      jsonOrNull(entry.before ?? null),
      jsonOrNull(entry.after ?? null),
      entry.result ?? 'ok',
    ],
  );
}

function jsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
