import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { insertAccount, lockAccount, updateAccount, type AccountRow } from '../../db/accounts/accounts.js';
import type { Database } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import { appendAudit } from '../../db/support/audit-log.js';
import type { AccountSettings } from '../../domain/account.js';
import { publicId } from '../../domain/ids.js';
import type { AppDeps } from '../deps.js';
import { notFound } from '../http/problem.js';
import type { SettingsChange } from '../schemas/accounts.js';
import type { Asker } from './new-key.js';

interface Wanted {
  readonly name?: string | undefined;
  readonly settings?: SettingsChange | undefined;
}

export function createAccount(
  { pool }: Pick<AppDeps, 'pool'>,
  { name, settings = {} }: Wanted & { readonly name: string },
  asker: Asker,
): Promise<AccountRow> {
  return inTransaction(pool, async (db) => {
    const row = await insertAccount(db, { id: randomUUID(), name, settings: changed({}, settings) });
    await audit(db, { action: 'account.created', before: null, after: row }, asker);
    return row;
  });
}

/** Changes what is named of an account, and leaves the rest. */
export function changeAccount(
  { pool }: Pick<AppDeps, 'pool'>,
  wanted: Wanted & { readonly id: string },
  asker: Asker,
): Promise<AccountRow> {
  const { id, name, settings = {} } = wanted;
  return inTransaction(pool, async (db) => {
    const before = await lockAccount(db, id);
    if (!before) throw notFound();
    const next = { id, name: name ?? before.name, settings: changed(before.settings, settings) };
    if (isDeepStrictEqual(audited(before), audited(next))) return before; // nothing changes, nothing is audited
    const after = await updateAccount(db, next);
    await audit(db, { action: 'account.updated', before, after }, asker);
    return after;
  });
}

/** The stored settings after a change: null takes one back to its default. */
function changed(before: Partial<AccountSettings>, change: SettingsChange): Partial<AccountSettings> {
  const entries = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries); // of names and types that the schema has checked
}

interface Change {
  readonly action: string;
  readonly before: AccountRow | null;
  readonly after: AccountRow;
}

function audit(db: Database, { action, before, after }: Change, { actor, reason }: Asker): Promise<void> {
  const subject = { accountId: after.id, subject: publicId('account', after.id) };
  const entry = { actor, action, reason, ...subject };
  return appendAudit(db, { ...entry, before: before && audited(before), after: audited(after) });
}

function audited({ name, settings }: Pick<AccountRow, 'name' | 'settings'>): object {
  return { name, settings };
}
