import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { findAccount } from '../../db/accounts/accounts.js';
import { insertApiKey, type ApiKeyRow, type NewApiKey } from '../../db/accounts/api-keys.js';
import { databaseNow } from '../../db/clock.js';
import type { Database } from '../../db/pool.js';
import type { ApprovalRow } from '../../db/support/approvals.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { findOperator } from '../../db/support/operators.js';
import { isOfOperators } from '../../domain/access/scopes.js';
import { modes, publicId, type Mode } from '../../domain/ids.js';
import { withEyes, type Outcome } from '../approvals/eyes.js';
import type { AppDeps } from '../deps.js';
import { mintKey } from '../http/keys.js';
import { invalidField } from '../http/problem.js';

export interface WantedKey {
  readonly accountId: string | null; // null: a key of operators
  readonly mode: Mode;
  readonly scopes: readonly string[];
  readonly name: string;
  readonly expiresAt: string | null;
  readonly operator: string | null; // whose it shall be, by name
}

export interface Asker {
  readonly actor: string;
  readonly reason: string | null;
}

export interface NewKey {
  readonly id: string; // as operators see it
  readonly key: string; // shown once, to whoever asked for it
  readonly outcome: Outcome<ApiKeyRow>;
}

/** A new key. One of operators opens nothing before a second person has agreed, as soon as there is one. */
export async function makeKey(deps: AppDeps, wanted: WantedKey, { actor, reason }: Asker): Promise<NewKey> {
  const { accountId, mode, scopes } = wanted;
  if (scopes.some(isOfOperators) !== (accountId === null)) {
    throw invalidField('account_id', "null for a key with an operator's scope, and for no other key");
  }
  if (accountId !== null && wanted.operator !== null) throw invalidField('operator', "of an operator's key only");
  const { key, prefix, sha256 } = mintKey(mode);
  const id = randomUUID();
  const { name, expiresAt, operator } = wanted;
  const what = { key_id: publicId('key', id), name, mode, prefix, scopes, operator, expires_at: expiresAt };
  const outcome = await withEyes(deps, async (db) => {
    await refuseUnknown(db, wanted);
    return {
      act: { kind: 'admin_key', isLive: accountId === null && mode === 'live' },
      proposal: {
        kind: 'admin_key',
        subject: what.key_id,
        accountId: null,
        orderId: null,
        what,
        reason,
        actor,
        secrets: { sha256: sha256.toString('hex') },
      },
      perform: () => insertAudited(db, { ...wanted, id, prefix, sha256 }, { actor, reason }),
    };
  });
  return { id: what.key_id, key, outcome };
}

const agreedKey = z.object({
  key_id: z.string(),
  name: z.string(),
  mode: z.enum(modes),
  prefix: z.string(),
  scopes: z.array(z.string()),
  operator: z.string().nullable(),
  expires_at: z.string().nullable(),
});
const keySecrets = z.object({ sha256: z.string() });

/** The key that two agreed to: it is in force from now on. */
export async function insertApprovedKey(db: Database, found: ApprovalRow, secrets: unknown): Promise<void> {
  const { key_id, expires_at, ...given } = agreedKey.parse(found.what);
  const sha256 = Buffer.from(keySecrets.parse(secrets).sha256, 'hex');
  const key = { ...given, id: key_id.slice('key_'.length), accountId: null, sha256, expiresAt: expires_at };
  await insertAudited(db, { ...key, approvalId: found.id }, { actor: found.proposedBy, reason: found.reason });
}

async function insertAudited(db: Database, key: NewApiKey, { actor, reason }: Asker): Promise<ApiKeyRow> {
  const row = await insertApiKey(db, key);
  const subject = publicId('key', row.id);
  const entry = { actor, action: 'api_key.created', reason, accountId: row.accountId, subject };
  await appendAudit(db, { ...entry, before: null, after: auditedKey(row) });
  return row;
}

export function auditedKey({ mode, prefix, scopes, name, expiresAt, revokedAt, operator }: ApiKeyRow): object {
  return { mode, prefix, scopes, name, operator, expires_at: expiresAt, revoked_at: revokedAt };
}

async function refuseUnknown(db: Database, { accountId, expiresAt, operator }: WantedKey): Promise<void> {
  if (accountId !== null && !(await findAccount(db, accountId))) throw invalidField('account_id', 'no such account');
  if (operator !== null && !(await findOperator(db, operator))) throw invalidField('operator', 'no such operator');
  if (expiresAt !== null && expiresAt <= (await databaseNow(db))) {
    throw invalidField('expires_at', 'expected an instant in the future');
  }
}
