import { isPaymentId } from '../../domain/ids.js';
import type { Clocks } from '../../domain/timing.js';
import type { OrderRecord } from '../../db/orders/order-record.js';
import { mintedFrom } from '../../gateway/mint.js';
import { retryLater } from '../retry-later.js';
import { bindMinted } from './bind-payment.js';
import { mintingOf, type MintDependencies } from './minting.js';

/**
 * An IPN may come before our create returns, or for a create whose answer was lost: a payment that names an order without
 * one is read, checked like a mint, and adopted. Answers whether the order may have it now.
 */
export async function adoptFromIpn(
  deps: MintDependencies,
  { order, pair, payments, notices }: Pick<OrderRecord, 'order' | 'pair' | 'payments' | 'notices'>,
  { id, clocks }: { readonly id: string; readonly clocks: Clocks },
): Promise<boolean> {
  if (order.payAddress !== null || order.status !== 'pending') return false;
  const row = notices.find((notice) => notice.id === id);
  const minting = await mintingOf(deps, { order, pair }, clocks);
  const paymentId = row?.parentPaymentId ?? row?.paymentId ?? null;
  if (!minting || paymentId === null || !isPaymentId(paymentId)) return false;
  if (payments.some((known) => known.paymentId === paymentId && known.role === 'offer')) return false; // of another coin

  const read = await deps.gateway.read(minting.account, paymentId, 'decision');
  if (read.kind === 'not_visible') return false;
  if (read.kind !== 'read') throw retryLater('ProviderUnavailable', read.message, read.retryAfterMs);
  const payment = mintedFrom(read.payment, minting.request, read.raw);
  if ('problem' in payment) {
    deps.alarms.raise('mint_unusable', { orderId: order.id, paymentId, problem: payment.problem });
    return false;
  }
  await bindMinted(minting, { payment, attempt: null });
  return true;
}
