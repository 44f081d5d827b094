import { createHash, randomBytes } from 'node:crypto';
import { confirmationMs, consoleIdleMs, consoleSessionMs } from '../../domain/access/operator.js';
import { operatorColumns, type OperatorRow } from './operators.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, one, selectList } from '../query.js';

/** What a login is given: the token goes into the cookie and is stored nowhere. */
export interface NewConsoleSession {
  readonly token: string;
  readonly csrfToken: string;
  readonly expiresAt: string;
}

/** Where a session was opened from, for its operator to know it by. */
export interface Visit {
  readonly address: string;
  readonly agent: string;
}

const isAlive = `s.expires_at > now() and s.last_seen_at > now() - interval '${consoleIdleMs} ms'`;

/** Opens a session of eight hours, and clears away those that are over. */
export async function createConsoleSession(
  db: Database,
  operatorId: string,
  { address, agent }: Visit,
): Promise<NewConsoleSession> {
  await execute(db, `delete from console_sessions s where not (${isAlive})`);
  const token = randomToken();
  const csrfToken = randomToken();
  const { expiresAt } = await one<{ expiresAt: string }>(
    db,
    `insert into console_sessions (sha256, operator_id, csrf_token, expires_at, address, agent)
     values ($1, $2, $3, now() + make_interval(secs => $4 / 1000.0), $5, $6) returning expires_at as "expiresAt"`,
    [hashOf(token), operatorId, csrfToken, consoleSessionMs, address, agent.slice(0, 200)],
  );
  return { token, csrfToken, expiresAt };
}

export interface ConsoleSession {
  readonly id: string;
  readonly operator: OperatorRow; // as of now: a new role counts at once
  readonly csrfToken: string;
  readonly expiresAt: string;
  readonly isConfirmed: boolean; // showed who he is a short while ago
}

interface SessionColumns {
  readonly sessionId: string;
  readonly csrfToken: string;
  readonly expiresAt: string;
  readonly isConfirmed: boolean;
  readonly isStale: boolean;
}

export const sessionColumns = selectList<SessionColumns>({
  sessionId: 's.id',
  csrfToken: 's.csrf_token',
  expiresAt: 's.expires_at',
  isConfirmed: `s.confirmed_at > now() - interval '${confirmationMs} ms'`,
  isStale: `s.last_seen_at < now() - interval '1 minute'`,
});

/** The session of a cookie's token; null when it is unknown, over, unused for too long, or its operator is disabled. */
export async function findConsoleSession(db: Database, token: string): Promise<ConsoleSession | null> {
  const row = await maybeOne<OperatorRow & SessionColumns>(
    db,
    `select ${operatorColumns}, ${sessionColumns}
     from console_sessions s join operators o on o.id = s.operator_id
     where s.sha256 = $1 and ${isAlive} and o.disabled_at is null`,
    [hashOf(token)],
  );
  if (!row) return null;
  const { sessionId, csrfToken, expiresAt, isConfirmed, isStale, ...operator } = row;
  if (isStale) await execute(db, 'update console_sessions set last_seen_at = now() where id = $1', [sessionId]);
  return { id: sessionId, operator, csrfToken, expiresAt, isConfirmed };
}

/** Logs out; a second time changes nothing. */
export function endConsoleSession(db: Database, token: string): Promise<number> {
  return execute(db, 'delete from console_sessions where sha256 = $1', [hashOf(token)]);
}

/** A session as its operator sees it. */
export interface ListedSession extends Visit {
  readonly id: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
}

export const listedSessionColumns = selectList<ListedSession>({
  id: 's.id',
  createdAt: 's.created_at',
  lastSeenAt: 's.last_seen_at',
  address: 's.address',
  agent: 's.agent',
});

export function sessionsOf(db: Database, operatorId: string): Promise<ListedSession[]> {
  return many<ListedSession>(
    db,
    `select ${listedSessionColumns} from console_sessions s where s.operator_id = $1 and ${isAlive}
     order by s.last_seen_at desc, s.id`,
    [operatorId],
  );
}

/** Ends one session of an operator, or all but one; somebody else's it does not reach. */
export function endSessionOf(db: Database, operatorId: string, id: string): Promise<number> {
  return execute(db, 'delete from console_sessions where operator_id = $1 and id = $2', [operatorId, id]);
}

export function endOtherSessions(db: Database, operatorId: string, kept: string): Promise<number> {
  return execute(db, 'delete from console_sessions where operator_id = $1 and id <> $2', [operatorId, kept]);
}

/** He has just shown again who he is. */
export function confirmSession(db: Database, id: string): Promise<number> {
  return execute(db, 'update console_sessions set confirmed_at = now() where id = $1', [id]);
}

function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
