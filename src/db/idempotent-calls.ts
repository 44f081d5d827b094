import { execute, maybeOne, selectList } from './query.js';
import type { Database } from './pool.js';
import { seal, unseal, type Keyring } from './secrets/seal.js';

/** Who calls, and by which key. */
export interface KeyedCall {
  readonly holder: string;
  readonly key: string;
  readonly fingerprint: string;
}

export interface KnownCall {
  readonly id: string;
  readonly fingerprint: string;
  readonly status: number | null; // null: nothing is answered yet
  readonly answerSealed: string | null;
  readonly isOld: boolean; // so old that whoever was to answer it is gone
}

export const keyedCallColumns = selectList<KnownCall>({
  id: 'c.id',
  fingerprint: 'c.fingerprint',
  status: 'c.status',
  answerSealed: 'c.answer_sealed',
  isOld: `c.at < now() - interval '1 minute'`,
});

const isOver = `at < now() - interval '24 hours'`;

/** Takes the key for a call that is about to be dealt with; false: somebody has it. What is a day old goes, a little with each call. */
export async function claimCall(db: Database, id: string, { holder, key, fingerprint }: KeyedCall): Promise<boolean> {
  await execute(
    db,
    `delete from idempotent_calls where ${isOver} and (holder = $1 and key = $2
       or id in (select id from idempotent_calls where ${isOver} order by at limit 20 for update skip locked))`,
    [holder, key],
  );
  const claimed = await execute(
    db,
    `insert into idempotent_calls (id, holder, key, fingerprint) values ($1, $2, $3, $4) on conflict do nothing`,
    [id, holder, key, fingerprint],
  );
  return claimed === 1;
}

export function findCall(db: Database, { holder, key }: Pick<KeyedCall, 'holder' | 'key'>): Promise<KnownCall | null> {
  return maybeOne<KnownCall>(
    db,
    `select ${keyedCallColumns} from idempotent_calls c where c.holder = $1 and c.key = $2`,
    [holder, key],
  );
}

/** Keeps what was answered, for whoever asks the same again. */
export function keepAnswer(
  db: Database,
  keyring: Keyring,
  { id, status, text }: { readonly id: string; readonly status: number; readonly text: string },
): Promise<number> {
  const sealed = seal(keyring, answerPurpose(id), text);
  return execute(db, 'update idempotent_calls set status = $2, answer_sealed = $3 where id = $1', [id, status, sealed]);
}

export function openAnswer(keyring: Keyring, { id, answerSealed }: KnownCall): string {
  return answerSealed === null ? '' : unseal(keyring, answerPurpose(id), answerSealed);
}

/** Gives the key free: the call was refused, or failed. */
export function forgetCall(db: Database, id: string): Promise<number> {
  return execute(db, 'delete from idempotent_calls where id = $1', [id]);
}

export function answerPurpose(id: string): string {
  return `idempotent_calls.answer_sealed/${id}`;
}
