import { createHash } from 'node:crypto';
import type pg from 'pg';
import { assert } from '../domain/invariant.js';
import type { Database, Pool } from './pool.js';

/**
 * What to select for a row: for each of its fields, the SQL that gives it. A field that is missing here, or one that the
 * row does not have, is a compile error; that the columns exist, test/db/columns.test.ts asks PostgreSQL.
 */
export function selectList<Row extends object>(columns: Readonly<Record<keyof Row, string>>): string {
  return Object.entries<string>(columns)
    .map(([field, sql]) => `${sql} as "${field}"`)
    .join(', ');
}

/** An instant as it leaves the database everywhere: ISO text in milliseconds. Also inside of JSON. */
export function isoText(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/**
 * The rows of another table as one value of a row, so that one statement brings them all. JSON keeps text, whole numbers and
 * booleans as they are: instants are listed as `isoText`, coins as text, bytes as base64.
 */
export function rowsWithin(select: string): string {
  return `(select coalesce(jsonb_agg(to_jsonb(each)), '[]') from (${select}) each)`;
}

/** All rows of a statement. The caller's `Row` names the columns it listed. */
export async function many<Row extends object>(
  db: Database,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const result = await db.query<pg.QueryResultRow>({ name: nameOf(sql), text: sql, values: [...values] });
  return result.rows as Row[];
}

/** The same for a statement whose best plan depends on what is asked: planned for its values each time. */
export async function manyPlanned<Row extends object>(
  db: Database,
  sql: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const result = await db.query<pg.QueryResultRow>(sql, [...values]);
  return result.rows as Row[];
}

/** The only row, or null when there is none. Two are a bug. */
export async function maybeOne<Row extends object>(
  db: Database,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row | null> {
  const rows = await many<Row>(db, sql, values);
  assert(rows.length <= 1, `expected at most one row, found ${rows.length}`);
  return rows[0] ?? null;
}

/** The only row. None, or two, are a bug. */
export async function one<Row extends object>(
  db: Database,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row> {
  const row = await maybeOne<Row>(db, sql, values);
  assert(row, 'expected one row, found none');
  return row;
}

/** Runs a statement for its effect; answers how many rows it touched. */
export async function execute(db: Database, sql: string, values: readonly unknown[] = []): Promise<number> {
  const result = await db.query({ name: nameOf(sql), text: sql, values: [...values] });
  return result.rowCount ?? 0;
}

const names = new Map<string, string>();

/** A connection parses and plans a named statement once. Only for texts of which there are not many. */
function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(sql).digest('base64url').slice(0, 20);
  names.set(sql, name);
  return name;
}

/** Commits what `work` did, or nothing of it. */
export async function inTransaction<T>(pool: Pool, work: (db: Database) => Promise<T>): Promise<T> {
  const connection = await pool.connect();
  let broken: Error | undefined;
  try {
    await connection.query('begin');
    const result = await work(connection);
    await connection.query('commit');
    return result;
  } catch (failure) {
    if (isSilence(failure)) broken = failure as Error;
    else {
      await connection.query('rollback').catch((lost: Error) => {
        broken = lost;
      });
    }
    throw failure;
  } finally {
    connection.release(broken); // a connection that cannot roll back, or does not answer, is thrown away
  }
}

/** Whether nothing came back in time: what is left on that connection cannot be known, so it is never used again. */
function isSilence(failure: unknown): boolean {
  return failure instanceof Error && failure.message === 'Query read timeout'; // pg gives it no code
}

/** Whether a failure means that the database is away or overloaded, so that the same call may succeed later. */
export function isOutage(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false;
  if (isSilence(failure)) return true;
  const code = (failure as { code?: unknown }).code;
  if (typeof code === 'string') {
    // connection failures, resources, shutdown, cancelled by a limit, serialization and deadlock
    if (/^(08|53|57P|57014|55P03|40001|40P01|25P03)/.test(code)) return true;
    if (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/.test(code)) return true;
  }
  return /Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed)/.test(
    failure.message,
  );
}

/** Whether a statement was ended for taking too long. */
export function isOutOfTime(failure: unknown): boolean {
  return failure instanceof Error && (failure as { code?: unknown }).code === '57014';
}

export function isUniqueViolation(failure: unknown): boolean {
  return failure instanceof Error && (failure as { code?: unknown }).code === '23505';
}
