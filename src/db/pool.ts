import pg from 'pg';
import { assert } from '../domain/invariant.js';
import { sessionOptions, silenceLimitMs } from './session.js';

export type Pool = pg.Pool;
export type Connection = pg.ClientBase;
/** Anything that runs a statement: the pool itself, or the connection of a transaction. */
export type Database = Pick<pg.Pool, 'query'>;

export interface PoolOptions {
  readonly url: string;
  readonly isPooled?: boolean; // `url` leads through a pooler, which hands each transaction another connection
  readonly max?: number;
  readonly applicationName: string;
  readonly namedStatements?: boolean; // false behind a pooler that does not keep them
  readonly onError: (failure: Error) => void; // a connection broke while nothing ran on it; the pool replaces it
}

/** What of an installation's settings says where its database is. */
export interface DatabaseWays {
  readonly databaseUrl: string;
  readonly databaseDirectUrl: string | null;
  readonly namedStatements: boolean;
}

export function databaseOf({ databaseUrl: url, databaseDirectUrl, namedStatements }: DatabaseWays) {
  return { url, isPooled: databaseDirectUrl !== null, namedStatements };
}

// Dates leave the database as ISO text in milliseconds, whole numbers as numbers, numerics as text.
const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.TIMESTAMPTZ, (text) => new Date(text).toISOString()],
  [pg.types.builtins.INT8, (text) => wholeNumber(text)],
  [pg.types.builtins.NUMERIC, (text) => text],
]);

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    return (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, format);
  },
};

export const connectLimitMs = 3_000; // the wait for a free connection included

/** Statements end after 4 s, waits for a lock after 2 s, idle transactions after 10 s: see docs/promises.md, "Limits". */
export function createPool({ url, isPooled = false, namedStatements = true, ...rest }: PoolOptions): Pool {
  const { max = 10, applicationName, onError } = rest;
  const pool = new pg.Pool({
    ...(namedStatements ? {} : { Client: UnnamedClient }),
    ...(isPooled ? {} : { options: sessionOptions }), // behind a pooler the role brings them
    connectionString: url,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: connectLimitMs,
    idleTimeoutMillis: 30_000,
    query_timeout: silenceLimitMs,
    keepAlive: true,
    types,
  });
  // For its whole life: the pool itself listens only while it holds a connection idle. One that breaks between two
  // statements of a transaction would end the process, since Node throws an `error` that nobody hears.
  pool.on('connect', (client) => client.on('error', onceOnly(onError)));
  pool.on('error', () => {}); // the same failure once more, of a connection that was idle in the pool
  return pool;
}

/** Sends every statement without its name, so that it is parsed and planned where it arrives. */
class UnnamedClient extends pg.Client {
  override query = ((given: unknown, ...rest: unknown[]) => {
    const isNamed = typeof given === 'object' && given !== null && 'name' in given && 'text' in given;
    const send = pg.Client.prototype.query as (...args: unknown[]) => unknown;
    return send.call(this, isNamed ? { ...given, name: undefined } : given, ...rest);
  }) as pg.Client['query'];
}

/** A connection that breaks says so twice: PostgreSQL's last word, then the end of the socket. */
function onceOnly(tell: (failure: Error) => void): (failure: Error) => void {
  let isTold = false;
  return (failure) => {
    if (!isTold) tell(failure);
    isTold = true;
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `bigint ${text} does not fit a number`);
  return value;
}
