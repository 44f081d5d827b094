import type { SearchFilters } from '../../db/orders/order-search.js';
import type { Mode } from '../../domain/ids.js';
import { forbidden } from '../http/problem.js';
import { accountIdIn } from '../accounts/account-id.js';
import type { AdminOrdersQuery } from '../schemas/admin-orders.js';

/** What an operator's list is narrowed by, from its query. */
export function searchFilters(query: Partial<AdminOrdersQuery>, reach: Mode | null = null): SearchFilters {
  return {
    accountId: query.account_id === undefined ? undefined : accountIdIn(query.account_id),
    mode: modeWithin(reach, query.livemode),
    status: query.status,
    search: query.search,
    paymentId: query.payment_id,
    createdAfter: query.created_after,
    createdBefore: query.created_before,
  };
}

/** The mode that is asked for, of those that the caller may see; undefined: every one of them. */
export function modeWithin(reach: Mode | null, livemode: 'true' | 'false' | undefined): Mode | undefined {
  const asked = modeOf(livemode);
  if (reach !== null && asked !== undefined && asked !== reach) throw forbidden('A test key sees test orders only.');
  return asked ?? reach ?? undefined;
}

export function modeOf(livemode: 'true' | 'false' | undefined): Mode | undefined {
  return livemode === undefined ? undefined : livemode === 'true' ? 'live' : 'test';
}
