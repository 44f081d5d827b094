import { priceOf } from '../../domain/payments/bound-terms.js';
import type { Meaning } from '../../domain/facts/meaning.js';
import { isZeroCoins, type CoinAmount } from '../../domain/money.js';
import { isClosed } from '../../domain/order.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { OrderDependencies } from '../dependencies.js';

type Asked = Pick<OrderDependencies, 'gateway' | 'providerAccount'>;

/** What the price costs in the order's coin now that its money came too late: for the policy, and for whoever decides. */
export async function lateQuote(deps: Asked, order: OrderRow, meaning: Meaning): Promise<CoinAmount | null> {
  const isLate = meaning.seen.some((payment) => payment.late);
  if (!isLate || order.status !== 'failed' || order.failedReason !== 'expired' || !order.payCurrency) return null;
  const account = await deps.providerAccount(order);
  if (!account) return null;
  const now = await deps.gateway.estimate(account, { price: priceOf(order), coin: order.payCurrency });
  return now.kind === 'known' && !isZeroCoins(now.coins) ? now.coins : null;
}

/** The least the provider takes of the order's coin, when a top-up is about to be asked for; null: not needed, or no answer. */
export async function topUpFloor(deps: Asked, order: OrderRow, meaning: Meaning): Promise<CoinAmount | null> {
  if (meaning.event !== 'underpaid' || isClosed(order.status) || order.payCurrency === null) return null;
  const account = await deps.providerAccount(order);
  if (!account) return null;
  const floor = await deps.gateway.floorOf(account, order.payCurrency);
  return floor.kind === 'known' ? floor.floor : null;
}
