import { findApiKey, revokeApiKey, type ApiKeyRow } from '../../db/accounts/api-keys.js';
import { inTransaction } from '../../db/query.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { publicId } from '../../domain/ids.js';
import type { AppDeps } from '../deps.js';
import { notFound } from '../http/problem.js';
import { auditedKey, type Asker } from './new-key.js';

interface Revoked {
  readonly id: string;
  readonly isReached: (row: ApiKeyRow) => boolean; // by whoever asks; what is not is not there
}

/** Ends a key with its next call. A second time changes nothing, and is not audited. */
export function revokeKey({ pool }: Pick<AppDeps, 'pool'>, { id, isReached }: Revoked, asker: Asker): Promise<void> {
  return inTransaction(pool, async (db) => {
    const before = await findApiKey(db, id);
    if (!before || !isReached(before)) throw notFound();
    if ((await revokeApiKey(db, id)) === 0) return;
    const after = await findApiKey(db, id);
    const subject = { accountId: before.accountId, subject: publicId('key', id) };
    const entry = { ...asker, action: 'api_key.revoked', ...subject };
    await appendAudit(db, { ...entry, before: auditedKey(before), after: after && auditedKey(after) });
  });
}
