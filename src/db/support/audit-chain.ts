import { createHmac } from 'node:crypto';
import type { Database, Pool } from '../pool.js';
import { drawInstallationKey, installationKey } from '../secrets/installation-keys.js';
import type { Keyring } from '../secrets/seal.js';
import { execute, inTransaction, many, maybeOne, one } from '../query.js';
import { auditColumns, type AuditRow } from './audit-log.js';

const chainLock = 4_711_001; // one sealer at a time: each entry names the hash of the one before it
const genesis = '0'.repeat(64);

/** Where the chain ends: kept elsewhere, it also shows a cut-off tail. */
export interface ChainHead {
  readonly position: number;
  readonly hash: string;
}

/**
 * Seals entries that were written meanwhile, in their order: their changes did not have to wait for each other. The hash is
 * keyed, so that whoever can write to the database, and does not know the master key, cannot make one that fits. Answers
 * the head and how many were sealed; another process that seals just now leaves none.
 */
export function sealAudit(pool: Pool, keyring: Keyring, limit: number): Promise<{ sealed: number; head: ChainHead }> {
  return inTransaction(pool, async (db) => {
    const { mine } = await one<{ mine: boolean }>(db, 'select pg_try_advisory_xact_lock($1) as mine', [chainLock]);
    const head = await headOf(db);
    if (!mine) return { sealed: 0, head };
    const rows = await many<AuditRow>(
      db,
      `select ${auditColumns} from audit_log where hash is null order by seq limit $1`,
      [limit],
    );
    if (rows.length === 0) return { sealed: 0, head };
    const links = linked(await chainKey(db, keyring, head), head, rows);
    await execute(
      db,
      `update audit_log a set position = l.position, previous_hash = l."previousHash", hash = l.hash
       from jsonb_to_recordset($1::jsonb) as l(seq bigint, position bigint, "previousHash" text, hash text)
       where a.seq = l.seq`,
      [JSON.stringify(links)],
    );
    return { sealed: rows.length, head: links.at(-1) ?? head };
  });
}

interface Link extends ChainHead {
  readonly seq: number;
  readonly previousHash: string;
}

function linked(key: Buffer, head: ChainHead, rows: readonly AuditRow[]): Link[] {
  let last = head;
  return rows.map((row) => {
    const place = { seq: row.seq, position: last.position + 1, previousHash: last.hash };
    const link = { ...place, hash: hashOf(key, { ...row, ...place }) };
    last = link;
    return link;
  });
}

async function headOf(db: Database): Promise<ChainHead> {
  const head = await maybeOne<ChainHead>(
    db,
    'select position, hash from audit_log where position is not null order by position desc limit 1',
  );
  return head ?? { position: 0, hash: genesis };
}

/** The chain's own key. It is drawn for an empty chain only: a chain whose key is gone is not quietly begun anew. */
async function chainKey(db: Database, keyring: Keyring, head: ChainHead): Promise<Buffer> {
  const key = await installationKey(db, keyring, 'audit-log');
  if (key) return key;
  if (head.position > 0) throw new Error('the key of the audit log is gone from installation_keys');
  return drawInstallationKey(db, keyring, 'audit-log');
}

export interface ChainVerdict {
  readonly checked: number;
  readonly brokenAt: number | null; // the seq of the first row that does not fit
  readonly head: string; // the last good hash
  readonly knownHeadAt: number | null; // where the head of an earlier check stands; null: nowhere, or none was given
  readonly unsealed: number; // written and not in the chain yet
  readonly oldestUnsealedSeconds: number;
}

export interface ChainCheck {
  readonly knownHead?: string; // of an earlier check
  readonly progress?: (checked: number) => void;
}

const pageSize = 1_000;

/** Walks the whole chain and recomputes every hash. */
export async function verifyAuditLog(
  db: Database,
  keyring: Keyring,
  { knownHead, progress }: ChainCheck = {},
): Promise<ChainVerdict> {
  const key = await chainKey(db, keyring, await headOf(db));
  let head: ChainHead & { seq: number } = { position: 0, hash: genesis, seq: 0 };
  let knownHeadAt = knownHead === genesis ? 0 : null;
  const verdict = async (brokenAt: number | null): Promise<ChainVerdict> => {
    const waiting = await unsealedOf(db);
    return { checked: head.position, brokenAt, head: head.hash, knownHeadAt, ...waiting };
  };
  for (;;) {
    const rows = await many<AuditRow>(
      db,
      `select ${auditColumns} from audit_log where position > $1 order by position limit $2`,
      [head.position, pageSize],
    );
    for (const row of rows) {
      const { seq, position, previousHash, hash } = row;
      if (position === null || hash === null) return verdict(seq); // the index found it by its position
      const isNext = position === head.position + 1 && previousHash === head.hash;
      if (!isNext || hash !== hashOf(key, { ...row, position, previousHash: head.hash })) return verdict(seq);
      head = { position, hash, seq };
      if (hash === knownHead) knownHeadAt = seq;
    }
    progress?.(head.position);
    if (rows.length < pageSize) return verdict(null);
  }
}

function unsealedOf(db: Database): Promise<{ unsealed: number; oldestUnsealedSeconds: number }> {
  return one(
    db,
    `select count(*) as unsealed,
       coalesce(extract(epoch from now() - min(at)), 0)::double precision as "oldestUnsealedSeconds"
     from audit_log where hash is null`,
  );
}

type Linked = Omit<AuditRow, 'position' | 'previousHash' | 'hash'> & Omit<Link, 'hash'>;

function hashOf(key: Buffer, row: Linked): string {
  const text = JSON.stringify([
    row.position,
    row.previousHash,
    row.seq,
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
  return createHmac('sha256', key).update(text, 'utf8').digest('hex');
}

/** jsonb keeps no order of keys, so the hash must not depend on one. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]);
}
