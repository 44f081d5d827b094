import type { AccountSettings } from '../domain/account.js';
import { defaultAccountSettings } from '../domain/account.js';
import type { AccountId } from '../domain/ids.js';
import type { Database } from './pool.js';
import { maybeOne, one } from './query.js';

export interface AccountRow {
  readonly id: AccountId;
  readonly name: string;
  readonly settings: Partial<AccountSettings>; // only what was set
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const accountColumns = `id, name, settings, created_at as "createdAt", updated_at as "updatedAt"`;

export function findAccount(db: Database, id: string): Promise<AccountRow | null> {
  return maybeOne<AccountRow>(db, `select ${accountColumns} from accounts where id = $1`, [id]);
}

export function insertAccount(
  db: Database,
  account: { id: string; name: string; settings: Partial<AccountSettings> },
): Promise<AccountRow> {
  return one<AccountRow>(
    db,
    `insert into accounts (id, name, settings) values ($1, $2, $3) returning ${accountColumns}`,
    [account.id, account.name, account.settings],
  );
}

/** What was set, and the defaults for the rest. */
export function settingsOf(account: Pick<AccountRow, 'settings'>): AccountSettings {
  return { ...defaultAccountSettings, ...account.settings };
}
