import pg from 'pg';
import { assert } from '../domain/invariant.js';
import { sessionOptions, silenceLimitMs } from './session.js';

export type Pool = pg.Pool;
export type Connection = pg.ClientBase;
/** Anything that runs a statement: the pool itself, or the connection of a transaction. */
export type Database = Pick<pg.Pool, 'query'>;

export interface PoolOptions {
  readonly url: string;
  readonly directUrl?: string | null; // to PostgreSQL itself, where `url` leads through a pooler; null: it does not
  readonly max?: number;
  readonly applicationName: string;
  readonly namedStatements?: boolean; // false behind a pooler that hands each transaction another connection
  readonly onError: (failure: Error) => void; // a connection broke while nothing ran on it; the pool replaces it
}

/** What of an installation's settings says where its database is. */
export interface DatabaseWays {
  readonly databaseUrl: string;
  readonly databaseDirectUrl: string | null;
  readonly namedStatements: boolean;
}

export function databaseOf({ databaseUrl: url, databaseDirectUrl: directUrl, namedStatements }: DatabaseWays) {
  return { url, directUrl, namedStatements };
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

// Of pools behind a pooler: how a connection of theirs reaches PostgreSQL itself.
const directWays = new WeakMap<Pool, pg.ClientConfig>();

/** Statements end after 4 s, waits for a lock after 2 s, idle transactions after 10 s: see docs/promises.md, "Limits". */
export function createPool({ url, directUrl = null, namedStatements = true, ...rest }: PoolOptions): Pool {
  const { max = 10, applicationName, onError } = rest;
  const settings = {
    application_name: applicationName,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: silenceLimitMs,
    keepAlive: true,
    types,
  };
  const asking = { ...settings, options: sessionOptions };
  const pool = new pg.Pool({
    ...(namedStatements ? {} : { Client: UnnamedClient }),
    ...(directUrl === null ? asking : settings),
    connectionString: url,
    max,
    idleTimeoutMillis: 30_000,
  });
  directWays.set(pool, { ...asking, connectionString: directUrl ?? url });
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

/** A connection outside the pool, past any pooler, to the same database, for whoever keeps one for good. */
export function dedicatedConnection(pool: Pool, purpose: string): pg.Client {
  const options = directWays.get(pool) ?? pool.options;
  const client = new pg.Client({
    ...options,
    application_name: `${options.application_name ?? 'quittance'}-${purpose}`,
  });
  client.on('error', () => {}); // whoever keeps it listens too; this one is there before and after
  return client;
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
