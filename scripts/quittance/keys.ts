import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import parseDuration from 'parse-duration';
import { mintKey } from '../../src/api/http/keys.js';
import { giveApiKey, insertApiKey, revokeApiKey } from '../../src/db/accounts/api-keys.js';
import { inTransaction } from '../../src/db/query.js';
import type { Database } from '../../src/db/pool.js';
import { appendAudit } from '../../src/db/support/audit-log.js';
import { findOperator, hasSecondAdmin } from '../../src/db/support/operators.js';
import { allRights, operatorRights } from '../../src/domain/access/scopes.js';
import { publicId, uuidOf } from '../../src/domain/ids.js';
import { adminApi, query } from './admin-api.js';
import { Refusal, pageAnswer, type Answer } from './answer.js';
import { commandLine } from './command-line.js';
import { byId, command, group, withCursor } from './command.js';
import { withPool } from './environment.js';

const actor = () => `cli:${userInfo().username}`;

const add = command({
  words: 'add <name>',
  about: 'A key, shown once: for the admin API, or with --account for a merchant',
  options: (parser) =>
    parser
      .positional('name', { type: 'string', demandOption: true })
      .option('expires', { type: 'string', describe: 'Ends it by itself: "30 days", "8 hours"' })
      .option('account', { type: 'string', describe: 'acc_…: a key of this merchant' })
      .option('mode', { choices: ['live', 'test'] as const, default: 'live' as const })
      .option('scopes', { type: 'string', default: 'read,write', describe: 'Of a key of a merchant' })
      .option('rights', { type: 'string', describe: 'Of a key for the admin API: read,support,… (all of them)' })
      .option('operator', { type: 'string', describe: 'Whose key for the admin API it is' }),
  run: async ({ name, expires, account, mode, scopes, rights, operator }) => {
    const expiresAt = expires === undefined ? null : expiryOf(expires);
    if (account === undefined) {
      return adminKey({ name, scopes: scopesOf(rights), expiresAt, operator: operator ?? null });
    }
    const body = { name, account_id: account, mode, scopes: scopes.split(','), expires_at: expiresAt };
    const made = await adminApi().call<{ id: string; key: string }>('POST', '/v1/admin/api-keys', body);
    return shown(made, expiresAt);
  },
});

interface Wanted {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly operator: string | null;
}

/**
 * Made in the database, by whoever may write there: the first key can come from nowhere else. Once there are two who may make
 * keys the database takes none of one person alone: then it is proposed, and waits for the other.
 */
async function adminKey(wanted: Wanted): Promise<Answer> {
  const made = await withPool('keys', (pool) =>
    inTransaction(pool, async (db) => ((await hasSecondAdmin(db)) ? null : insertAdminKey(db, wanted))),
  );
  return made ?? proposeAdminKey(wanted);
}

async function insertAdminKey(db: Database, { name, scopes, expiresAt, operator }: Wanted): Promise<Answer> {
  if (operator !== null && !(await findOperator(db, operator))) throw new Refusal(`there is no operator ${operator}`);
  const { key, prefix, sha256 } = mintKey('live');
  const row = { id: randomUUID(), accountId: null, mode: 'live', prefix, sha256, scopes } as const;
  await insertApiKey(db, { ...row, name, expiresAt, operator });
  const subject = publicId('key', row.id);
  const after = { name, scopes, prefix, operator, expires_at: expiresAt };
  await appendAudit(db, { actor: actor(), action: 'api_key.created', accountId: null, subject, after });
  return shown({ id: subject, key }, expiresAt);
}

async function proposeAdminKey({ name, scopes, expiresAt, operator }: Wanted): Promise<Answer> {
  const owner = operator === null ? {} : { operator };
  const body = { name, account_id: null, mode: 'live', scopes, expires_at: expiresAt, ...owner };
  const asked = await adminApi().call<{ id: string; key: string; subject: string }>('POST', '/v1/admin/api-keys', body);
  const { lines, json } = shown({ id: asked.subject, key: asked.key }, expiresAt);
  const next = `waits for another person: ${commandLine(`approvals approve ${asked.id}`)}`;
  return { lines: [...lines, next], json: { ...(json as object), approval: asked.id } };
}

function shown({ id, key }: { readonly id: string; readonly key: string }, expiresAt: string | null): Answer {
  const end = expiresAt === null ? [] : [`expires: ${expiresAt}`];
  return { lines: [`id: ${id}`, `key: ${key}   (shown once)`, ...end], json: { id, key, expires_at: expiresAt } };
}

const list = command({
  words: 'list',
  about: 'Keys by their prefixes, a page at a time',
  options: (parser) => withCursor(parser).option('account', { type: 'string' }),
  run: async ({ account, cursor }) => {
    interface Key {
      readonly id: string;
      readonly prefix: string;
      readonly name: string;
      readonly revoked_at: string | null;
    }
    const path = `/v1/admin/api-keys${query({ account_id: account, cursor, limit: 200 })}`;
    const page = await adminApi().call<{ api_keys: Key[]; next_cursor: string | null }>('GET', path);
    const lines = page.api_keys.map(({ id, prefix, name, revoked_at }) =>
      [id, prefix, name, revoked_at === null ? '' : 'revoked'].join('  ').trimEnd(),
    );
    return pageAnswer(page, lines);
  },
});

const revoke = command({
  words: 'revoke <id>',
  about: 'End a key, within a second and everywhere',
  options: byId,
  run: ({ id }) =>
    withPool('keys', (pool) =>
      inTransaction(pool, async (db) => {
        const uuid = uuidOf('key', id);
        if (uuid === null || (await revokeApiKey(db, uuid)) === 0) throw new Refusal(`no key ${id} is in force`);
        await appendAudit(db, { actor: actor(), action: 'api_key.revoked', accountId: null, subject: id });
        return { lines: [`revoked ${id}`], json: { revoked: id } };
      }),
    ),
});

const give = command({
  words: 'give <id> <operator>',
  about: 'Say whose a key of nobody is, for good: approvals count persons',
  options: (parser) => byId(parser).positional('operator', { type: 'string', demandOption: true }),
  run: ({ id, operator }) =>
    withPool('keys', (pool) =>
      inTransaction(pool, async (db) => {
        const person = await findOperator(db, operator);
        if (!person) throw new Refusal(`there is no operator ${operator}`);
        const uuid = uuidOf('key', id);
        if (uuid === null || (await giveApiKey(db, uuid, person.id)) === 0) {
          throw new Refusal(`${id} is no key of operators, or is somebody's already`);
        }
        const after = { operator };
        await appendAudit(db, { actor: actor(), action: 'api_key.given', accountId: null, subject: id, after });
        return { lines: [`${id} is ${operator}'s`], json: { id, operator } };
      }),
    ),
});

export const keys = group('keys', 'API keys: add, give, list, revoke', [add, give, list, revoke]);

/** `read,support` as the scopes of a key; nothing said: all there are. */
function scopesOf(rights: string | undefined): string[] {
  if (rights === undefined) return [allRights];
  return rights.split(',').map((right) => {
    const found = operatorRights.find((each) => each === `operator:${right.trim()}`);
    if (found) return found;
    const known = operatorRights.map((each) => each.replace('operator:', '')).join(', ');
    throw new Refusal(`--rights takes ${known}, not "${right}"`);
  });
}

function expiryOf(duration: string): string {
  const ms = /^\d+\s*(hours?|days?)$/.test(duration) ? parseDuration(duration) : null;
  if (ms === null || ms <= 0) throw new Refusal(`--expires takes hours or days, such as "30 days", not "${duration}"`);
  return new Date(Date.now() + ms).toISOString();
}
