import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import parseDuration from 'parse-duration';
import { hashKey, keyPrefix, mintKey } from '../src/api/http/keys.js';
import { insertApiKey, revokeApiKey } from '../src/db/accounts/api-keys.js';
import { appendAudit } from '../src/db/support/audit-log.js';
import { createPool, type Database } from '../src/db/pool.js';
import { inTransaction } from '../src/db/query.js';
import { publicId, uuidOf } from '../src/domain/ids.js';
import { commandLine } from './command-line.js';

const usage = `Keys for the admin API. The first one has to come from here; it can make accounts and all other keys.
The database is that of DATABASE_URL.

  ${commandLine('admin-key', 'add <name>')}       the key is shown once; --expires "30 days" ends it by itself
  ${commandLine('admin-key', 'revoke <id>')}      works within a second, everywhere`;

async function run(db: Database, [verb, subject, ...rest]: readonly string[], expires?: string): Promise<string[]> {
  if (subject === undefined || rest.length > 0) throw new Error(usage);
  const actor = `cli:${userInfo().username}`;
  if (verb === 'revoke') {
    const uuid = uuidOf('key', subject);
    if (uuid === null || (await revokeApiKey(db, uuid)) === 0) throw new Error(`no key ${subject} is in force`);
    await appendAudit(db, { actor, action: 'api_key.revoked', accountId: null, subject });
    return [`revoked ${subject}`];
  }
  if (verb !== 'add') throw new Error(usage);
  const expiresAt = expires === undefined ? null : expiryOf(expires);
  const { key } = mintKey('live');
  const id = randomUUID();
  const scopes = ['driftstack_internal_admin'];
  const row = { id, accountId: null, mode: 'live' as const, prefix: keyPrefix(key), sha256: hashKey(key), scopes };
  await insertApiKey(db, { ...row, name: subject, expiresAt });
  const after = { name: subject, scopes, prefix: row.prefix, expires_at: expiresAt };
  await appendAudit(db, { actor, action: 'api_key.created', accountId: null, subject: publicId('key', id), after });
  const end = expiresAt === null ? [] : [`expires: ${expiresAt}`];
  return [`id: ${publicId('key', id)}`, `key: ${key}   (shown once)`, ...end];
}

function expiryOf(duration: string): string {
  const ms = /^\d+\s*(hours?|days?)$/.test(duration) ? parseDuration(duration) : null;
  if (ms === null || ms <= 0) throw new Error(`--expires takes hours or days, such as "30 days", not "${duration}"`);
  return new Date(Date.now() + ms).toISOString();
}

async function main(): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL is not set: for which database shall the key be?');
  const pool = createPool({ url, max: 1, applicationName: 'quittance-admin-key', onError: () => undefined });
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { expires: { type: 'string' } } });
    for (const line of await inTransaction(pool, (db) => run(db, positionals, values.expires))) console.log(line);
  } finally {
    await pool.end();
  }
}

main().catch((failure: unknown) => {
  console.error(failure instanceof Error ? failure.message : String(failure));
  process.exitCode = 1;
});
