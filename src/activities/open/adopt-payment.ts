import { isPaymentId } from '../../domain/ids.js';
import type { Clocks } from '../../domain/timing.js';
import { findProviderEvent } from '../../db/money/provider-events.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { mintedFrom } from '../../gateway/mint.js';
import { existingOrder } from '../order-state.js';
import { retryLater } from '../retry-later.js';
import { bindMinted } from './bind-payment.js';
import { mintingOf, type MintDependencies } from './minting.js';

/**
 * An IPN may come before our create returns, or for a create whose answer was lost: a payment that names an order without
 * one is read, checked like a mint, and adopted. Answers the order as it then is.
 */
export async function adoptFromIpn(
  deps: MintDependencies,
  order: OrderRow,
  { id, clocks }: { readonly id: string; readonly clocks: Clocks },
): Promise<OrderRow> {
  if (order.payAddress !== null || order.status !== 'pending') return order;
  const row = await findProviderEvent(deps.pool, id);
  const minting = await mintingOf(deps, order, clocks);
  const paymentId = row?.parentPaymentId ?? row?.paymentId ?? null;
  if (!minting || paymentId === null || !isPaymentId(paymentId)) return order;

  const read = await deps.gateway.read(minting.account, paymentId, 'decision');
  if (read.kind === 'not_visible') return order;
  if (read.kind !== 'read') throw retryLater('ProviderUnavailable', read.message, read.retryAfterMs);
  const payment = mintedFrom(read.payment, minting.request, read.raw);
  if ('problem' in payment) {
    deps.alarms.raise('mint_unusable', { orderId: order.id, paymentId, problem: payment.problem });
    return order;
  }
  await bindMinted(minting, { payment, attempt: null });
  return existingOrder(deps.pool, order.id);
}
