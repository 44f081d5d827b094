import type { AccountSettings } from '../../domain/account.js';
import type { AccountId } from '../../domain/ids.js';
import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { many, maybeOne, one, selectList } from '../query.js';

export interface AccountRow {
  readonly id: AccountId;
  readonly name: string;
  readonly settings: Partial<AccountSettings>; // only what was set
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const accountColumns = selectList<AccountRow>({
  id: 'id',
  name: 'name',
  settings: 'settings',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
});

export function findAccount(db: Database, id: string): Promise<AccountRow | null> {
  return maybeOne<AccountRow>(db, `select ${accountColumns} from accounts where id = $1`, [id]);
}

/** The names of accounts by their ids. */
export async function accountNames(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await many<{ id: string; name: string }>(db, 'select id, name from accounts where id = any ($1)', [
    [...new Set(ids)],
  ]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Of an account's settings the one that says where its money goes; null: it never said. */
export async function providerChoiceOf(db: Database, id: string): Promise<AccountSettings['provider'] | null> {
  const row = await maybeOne<{ choice: AccountSettings['provider'] | null }>(
    db,
    `select settings->>'provider' as choice from accounts where id = $1`,
    [id],
  );
  return row?.choice ?? null;
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

/** Locks an account until the transaction ends, so that two changes of its settings do not undo each other. */
export function lockAccount(db: Database, id: string): Promise<AccountRow | null> {
  return maybeOne<AccountRow>(db, `select ${accountColumns} from accounts where id = $1 for update`, [id]);
}

export function updateAccount(
  db: Database,
  { id, name, settings }: { id: string; name: string; settings: Partial<AccountSettings> },
): Promise<AccountRow> {
  return one<AccountRow>(
    db,
    `update accounts set name = $2, settings = $3, updated_at = now() where id = $1 returning ${accountColumns}`,
    [id, name, settings],
  );
}

/** Accounts, newest first. */
export async function listAccounts(
  db: Database,
  { after, limit }: { after: Position | null; limit: number },
): Promise<Page<AccountRow>> {
  const rows = await many<AccountRow>(
    db,
    `select ${accountColumns} from accounts
     where $1::timestamptz is null or created_at < $1 or created_at = $1 and id > $2::uuid
     order by created_at desc, id limit $3`,
    [after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return pageOf(rows, limit, (row) => row.createdAt);
}
