import type { Database } from './pool.js';
import { execute, many, one } from './query.js';

export interface AttemptCount {
  readonly key: string;
  readonly count: number;
  readonly secondsLeft: number;
}

export type AttemptKind = 'wrong_key' | 'wrong_signature' | 'login' | 'login_address';

/**
 * Adds attempts by key, all in one statement, and answers how many each has within its minute, which begins with its first
 * and is the database's: processes whose clocks differ count alike.
 */
export function addAttempts(
  db: Database,
  kind: AttemptKind,
  attempts: ReadonlyMap<string, number>,
): Promise<AttemptCount[]> {
  return many<AttemptCount>(
    db,
    `insert into attempt_counts as known (kind, key, attempts, ends_at)
     select $1, key, attempts, now() + interval '1 minute'
     from unnest($2::text[], $3::int[]) as fresh (key, attempts) order by key -- so that two never wait for each other
     on conflict (kind, key) do update set
       attempts = case when known.ends_at <= now() then excluded.attempts else known.attempts + excluded.attempts end,
       ends_at = case when known.ends_at <= now() then excluded.ends_at else known.ends_at end
     returning key, attempts as count, extract(epoch from ends_at - now())::float8 as "secondsLeft"`,
    [kind, [...attempts.keys()], [...attempts.values()]],
  );
}

export function forgetAttempts(db: Database, kind: AttemptKind, key: string): Promise<number> {
  return execute(db, 'delete from attempt_counts where kind = $1 and key = $2', [kind, key]);
}

/** One attempt that was none after all. */
export function takeBackAttempt(db: Database, kind: AttemptKind, key: string): Promise<number> {
  return execute(
    db,
    'update attempt_counts set attempts = attempts - 1 where kind = $1 and key = $2 and attempts > 1',
    [kind, key],
  );
}

/** From how many addresses there were attempts lately, how many those were, and one of the addresses. */
export function attemptOrigins(db: Database): Promise<{ addresses: number; attempts: number; example: string | null }> {
  return one(
    db,
    `select count(distinct key)::int as addresses, coalesce(sum(attempts), 0)::int as attempts, min(key) as example
     from attempt_counts where kind <> 'login'`,
  );
}

/** Those of the last day stay, for whoever asks where they came from. */
export function dropOldAttempts(db: Database): Promise<number> {
  return execute(db, `delete from attempt_counts where ends_at < now() - interval '1 day'`);
}
