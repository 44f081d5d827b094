import type { SearchFilters } from '../../db/orders/order-search.js';
import type { Mode } from '../../domain/ids.js';
import { accountIdIn } from '../accounts/account-id.js';
import type { AdminOrdersQuery } from '../schemas/admin-orders.js';

/** What an operator's list is narrowed by, from its query. */
export function searchFilters(query: Partial<AdminOrdersQuery>): SearchFilters {
  return {
    accountId: query.account_id === undefined ? undefined : accountIdIn(query.account_id),
    mode: modeOf(query.livemode),
    status: query.status,
    search: query.search,
    paymentId: query.payment_id,
    createdAfter: query.created_after,
    createdBefore: query.created_before,
  };
}

export function modeOf(livemode: 'true' | 'false' | undefined): Mode | undefined {
  return livemode === undefined ? undefined : livemode === 'true' ? 'live' : 'test';
}
