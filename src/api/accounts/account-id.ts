import { isUuid, uuidOf } from '../../domain/ids.js';
import { badRequest } from '../http/problem.js';

/** The account that a query or a path names: `acc_<uuid>`, or the bare uuid. */
export function accountIdIn(text: string, field = 'account_id'): string {
  const id = uuidOf('account', text) ?? text.toLowerCase();
  if (!isUuid(id)) throw badRequest(`${field}: expected acc_<uuid> or <uuid>`);
  return id;
}
