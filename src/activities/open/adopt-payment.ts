import { findProviderEvent } from '../../db/money/provider-events.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { mintedFrom } from '../../gateway/mint.js';
import { isPaymentId } from '../../domain/ids.js';
import { bindMinted } from './bind-payment.js';
import type { OrderDependencies } from '../dependencies.js';
import { mintRequest } from './open-order.js';
import { existingOrder } from '../order-state.js';
import { retryLater } from '../retry-later.js';

/**
 * An IPN may come before our create returns, or for a create whose answer was lost: a payment that names an order without
 * one is read, checked like a mint, and adopted. Answers the order as it then is.
 */
export async function adoptFromIpn(
  deps: OrderDependencies,
  order: OrderRow,
  providerEventId: string,
): Promise<OrderRow> {
  if (order.payAddress !== null || order.status !== 'pending') return order;
  const row = await findProviderEvent(deps.pool, providerEventId);
  const account = await deps.providerAccount(order);
  const paymentId = row?.parentPaymentId ?? row?.paymentId ?? null;
  if (!account || paymentId === null || !isPaymentId(paymentId)) return order;

  const read = await deps.gateway.read(account, paymentId, 'decision');
  if (read.kind === 'not_visible') return order;
  if (read.kind !== 'read') throw retryLater('ProviderUnavailable', read.message, read.retryAfterMs);
  const payment = mintedFrom(read.payment, mintRequest(deps, order, account), read.raw);
  if ('problem' in payment) {
    deps.alarms.raise('mint_unusable', { orderId: order.id, paymentId, problem: payment.problem });
    return order;
  }
  await bindMinted(deps, { order, keyLabel: account.keyLabel, payment, attempt: null });
  return existingOrder(deps.pool, order.id);
}
