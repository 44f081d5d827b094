import type { CoinAmount } from '../../domain/money.js';
import { isClosed } from '../../domain/order.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { OrderDependencies } from '../dependencies.js';
import type { Meaning } from './understand-fact.js';

/** The least the provider takes of the order's coin, when a top-up is about to be asked for; null: not needed, or no answer. */
export async function topUpFloor(
  deps: OrderDependencies,
  order: OrderRow,
  meaning: Meaning,
): Promise<CoinAmount | null> {
  if (meaning.event !== 'underpaid' || isClosed(order.status) || order.payCurrency === null) return null;
  const account = await deps.providerAccount(order);
  if (!account) return null;
  const floor = await deps.gateway.floorOf(account, order.payCurrency);
  return floor.kind === 'known' ? floor.floor : null;
}
