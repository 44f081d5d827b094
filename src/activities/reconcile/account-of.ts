import { findOrder } from '../../db/orders/orders.js';
import type { WatchedLane } from '../../db/reconcile/sweeps.js';
import type { OrderDependencies } from '../dependencies.js';

export type AccountDependencies = Pick<OrderDependencies, 'pool' | 'gateway' | 'providerAccount' | 'alarms' | 'now'>;

/** Whose list it is; null: the credentials are gone. Without a login it cannot be had. */
export async function accountOf(
  { pool, providerAccount }: Pick<AccountDependencies, 'pool' | 'providerAccount'>,
  lane: Pick<WatchedLane, 'orderId' | 'keyLabel'>,
) {
  const order = await findOrder(pool, lane.orderId);
  const account = order && (await providerAccount(order));
  if (account?.keyLabel !== lane.keyLabel) return null;
  return { account, hasLogin: Boolean(account.email && account.password) };
}
