import { createHash, randomUUID } from 'node:crypto';
import { databaseNow } from '../clock.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, selectList } from '../query.js';

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
  readonly previousHash: string;
  readonly hash: string;
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
  previousHash: 'previous_hash',
  hash: 'hash',
});

const chainLock = 4_711_001; // one writer at a time: each row names the hash of the one before it
const genesis = '0'.repeat(64);

/** Appends a row in the transaction of the change. Call it last: the chain is locked until the commit. */
export async function appendAudit(db: Database, entry: AuditEntry): Promise<void> {
  await execute(db, 'select pg_advisory_xact_lock($1)', [chainLock]);
  const last = await maybeOne<{ hash: string }>(db, 'select hash from audit_log order by seq desc limit 1');
  const row = {
    id: randomUUID(),
    at: await databaseNow(db),
    actor: entry.actor,
    action: entry.action,
    accountId: entry.accountId,
    orderId: entry.orderId ?? null,
    subject: entry.subject ?? null,
    reason: entry.reason ?? null,
    before: entry.before ?? null,
    after: entry.after ?? null,
    result: entry.result ?? 'ok',
    previousHash: last?.hash ?? genesis,
  };
  await execute(
    db,
    `insert into audit_log (id, at, actor, action, account_id, order_id, subject, reason, before, after, result,
       previous_hash, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11, $12, $13)`,
    [
      row.id,
      row.at,
      row.actor,
      row.action,
      row.accountId,
      row.orderId,
      row.subject,
      row.reason,
      jsonOrNull(row.before),
      jsonOrNull(row.after),
      row.result,
      row.previousHash,
      hashOf(row),
    ],
  );
}

export interface ChainVerdict {
  readonly checked: number;
  readonly brokenAt: number | null; // the seq of the first row that does not fit
  readonly head: string; // the last good hash; kept elsewhere, it also shows a cut-off tail
  readonly knownHeadAt: number | null; // where the head of an earlier check stands; null: nowhere, or none was given
}

export interface ChainCheck {
  readonly knownHead?: string; // of an earlier check
  readonly progress?: (checked: number) => void;
}

const pageSize = 1_000;

/** Walks the whole chain and recomputes every hash. */
export async function verifyAuditLog(db: Database, { knownHead, progress }: ChainCheck = {}): Promise<ChainVerdict> {
  let checked = 0;
  let head = genesis;
  let after = 0;
  let knownHeadAt = knownHead === genesis ? 0 : null;
  for (;;) {
    const rows = await many<AuditRow>(
      db,
      `select ${auditColumns} from audit_log where seq > $1 order by seq limit $2`,
      [after, pageSize],
    );
    for (const row of rows) {
      const fits = row.previousHash === head && row.hash === hashOf(row);
      if (!fits) return { checked, brokenAt: row.seq, head, knownHeadAt };
      checked += 1;
      head = row.hash;
      after = row.seq;
      if (head === knownHead) knownHeadAt = row.seq;
    }
    progress?.(checked);
    if (rows.length < pageSize) return { checked, brokenAt: null, head, knownHeadAt };
  }
}

function hashOf(row: Omit<AuditRow, 'seq' | 'hash'>): string {
  const text = JSON.stringify([
    row.previousHash,
    row.id,
    row.at,
    row.actor,
    row.action,
    row.accountId,
    row.orderId,
    row.subject,
    row.reason,
    sorted(row.before),
    sorted(row.after),
    row.result,
  ]);
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** jsonb keeps no order of keys, so the hash must not depend on one. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]);
}

function jsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
