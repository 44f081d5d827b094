import { findAccount, type AccountRow } from '../../db/accounts/accounts.js';
import type { Database } from '../../db/pool.js';
import { isUuid, uuidOf } from '../../domain/ids.js';
import { badRequest, notFound } from '../http/problem.js';

/** The account that a query or a path names: `acc_<uuid>`, or the bare uuid. */
export function accountIdIn(text: string, field = 'account_id'): string {
  const id = uuidOf('account', text) ?? text.toLowerCase();
  if (!isUuid(id)) throw badRequest(`${field}: expected acc_<uuid> or <uuid>`);
  return id;
}

/** The account of a path's `id`; 404 where there is none. */
export async function accountIn(db: Database, id: string): Promise<AccountRow> {
  const account = await findAccount(db, accountIdIn(id, 'id'));
  if (!account) throw notFound();
  return account;
}
