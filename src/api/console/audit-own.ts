import type { FastifyRequest } from 'fastify';
import type { Database } from '../../db/pool.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { actorIn } from '../plugins/console-session.js';

/** What somebody at the console did with what is his own: his sessions, his password, his second factor. */
export function auditOwn(db: Database, request: FastifyRequest, action: string): Promise<void> {
  const actor = actorIn(request);
  return appendAudit(db, { actor, action, accountId: null, subject: actor });
}
