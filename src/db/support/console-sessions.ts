import { createHash, randomBytes } from 'node:crypto';
import { consoleSessionMs } from '../../domain/access/operator.js';
import { operatorColumns, type OperatorRow } from './operators.js';
import type { Database } from '../pool.js';
import { execute, maybeOne, one } from '../query.js';

/** What a login is given: the token goes into the cookie and is stored nowhere. */
export interface NewConsoleSession {
  readonly token: string;
  readonly csrfToken: string;
  readonly expiresAt: string;
}

/** Opens a session of eight hours, and clears away those that are over. */
export async function createConsoleSession(db: Database, operatorId: string): Promise<NewConsoleSession> {
  await execute(db, 'delete from console_sessions where expires_at <= now()');
  const token = randomToken();
  const csrfToken = randomToken();
  const { expiresAt } = await one<{ expiresAt: string }>(
    db,
    `insert into console_sessions (sha256, operator_id, csrf_token, expires_at)
     values ($1, $2, $3, now() + make_interval(secs => $4 / 1000.0)) returning expires_at as "expiresAt"`,
    [hashOf(token), operatorId, csrfToken, consoleSessionMs],
  );
  return { token, csrfToken, expiresAt };
}

export interface ConsoleSession {
  readonly operator: OperatorRow; // as of now: a new role counts at once
  readonly csrfToken: string;
  readonly expiresAt: string;
}

/** The session of a cookie's token; null when it is unknown, over, or its operator is disabled. */
export async function findConsoleSession(db: Database, token: string): Promise<ConsoleSession | null> {
  const row = await maybeOne<OperatorRow & { csrfToken: string; expiresAt: string }>(
    db,
    `select ${operatorColumns}, s.csrf_token as "csrfToken", s.expires_at as "expiresAt"
     from console_sessions s join operators o on o.id = s.operator_id
     where s.sha256 = $1 and s.expires_at > now() and o.disabled_at is null`,
    [hashOf(token)],
  );
  if (!row) return null;
  const { csrfToken, expiresAt, ...operator } = row;
  return { operator, csrfToken, expiresAt };
}

/** Logs out; a second time changes nothing. */
export function endConsoleSession(db: Database, token: string): Promise<number> {
  return execute(db, 'delete from console_sessions where sha256 = $1', [hashOf(token)]);
}

function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
