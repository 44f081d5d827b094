import { ApplicationFailure } from '@temporalio/common';
import type { PaymentId } from '../domain/ids.js';
import { unreadStatus, type PaymentView } from '../domain/payments/payment-view.js';
import type { OrderRow } from '../db/orders/orders.js';
import type { PaymentRow } from '../db/money/payments.js';
import type { ReadOutcome } from '../gateway/nowpayments.js';
import type { ProviderPayment } from '../gateway/wire.js';
import type { Alarms, OrderDependencies } from './dependencies.js';
import { retryLater } from './retry-later.js';

export type Priority = 'decision' | 'poll' | 'reconcile';

/** The provider's own word on an order's payment and re-deposits, or why we do not have it. */
export type Evidence =
  { readonly kind: 'read'; readonly bound: PaymentView; readonly children: readonly PaymentView[] } | Unread;

interface Unread {
  readonly kind: 'unavailable';
  readonly reason: string;
  readonly retryAfterMs: number | null;
  readonly isRefused: boolean; // it answered, and does not show us the payment
}

/** Whom the reading needs: the provider, and somebody to wake when its answer cannot be right. */
export type EvidenceDependencies = Pick<OrderDependencies, 'gateway' | 'providerAccount' | 'alarms'>;

/**
 * Reads the bound payment and each re-deposit known from the record, the provider's own list, or the caller. A re-deposit
 * that cannot be read is left out of the sum: support decides about it.
 */
export async function readEvidence(
  { gateway, providerAccount, alarms }: EvidenceDependencies,
  order: OrderRow,
  known: readonly PaymentRow[],
  { priority, hinted = [] }: { priority: Priority; hinted?: readonly PaymentView[] },
): Promise<Evidence> {
  if (!order.paymentId) return refused('no payment is bound');
  const account = await providerAccount(order);
  if (!account) return refused('no provider account');
  const bound = await gateway.read(account, order.paymentId, priority);
  if (bound.kind !== 'read') return unavailable(alarms, order, bound);
  if (!namesOrder(bound.payment, order)) return unusable(alarms, order, 'the read names another order or address');

  const childIds = new Set<PaymentId>([
    ...bound.payment.extraIds,
    ...known.filter((row) => row.role === 'child').map((row) => row.paymentId),
    ...hinted.map((view) => view.paymentId),
  ]);
  childIds.delete(order.paymentId);
  const children: PaymentView[] = [];
  for (const id of childIds) {
    const child = await gateway.read(account, id, priority);
    if (child.kind === 'read') {
      if (isDepositOf(bound.payment, child.payment)) children.push(child.payment);
      continue;
    }
    if (child.kind !== 'not_visible') return unavailable(alarms, order, child);
    const hint = hinted.find((view) => view.paymentId === id);
    if (hint) children.push({ ...hint, status: unreadStatus });
  }
  return { kind: 'read', bound: bound.payment, children };
}

/** Another transfer to the address, or a new payment under the same purchase, which has an address of its own. */
function isDepositOf(bound: ProviderPayment, payment: ProviderPayment): boolean {
  if (payment.parentPaymentId !== null) return payment.parentPaymentId === bound.paymentId;
  return payment.purchaseId !== null && payment.purchaseId === bound.purchaseId && payment.orderId === bound.orderId;
}

function namesOrder(payment: PaymentView, order: OrderRow): boolean {
  return payment.orderId === order.id && payment.payAddress === order.payAddress && payment.parentPaymentId === null;
}

function unavailable(alarms: Alarms, order: OrderRow, read: Exclude<ReadOutcome, { kind: 'read' }>): Unread {
  switch (read.kind) {
    case 'not_visible':
      return unusable(alarms, order, 'the payment is not visible: wrong key or environment');
    case 'account':
      alarms.raise('provider_account_refused', { orderId: order.id, message: read.message });
      return refused(read.message, read.retryAfterMs);
    case 'unavailable':
      return { kind: 'unavailable', reason: read.message, retryAfterMs: read.retryAfterMs, isRefused: read.alarm };
  }
}

function unusable(alarms: Alarms, order: OrderRow, reason: string): Unread {
  alarms.raise('provider_answer_unusable', { orderId: order.id, paymentId: order.paymentId, reason });
  return refused(reason);
}

function refused(reason: string, retryAfterMs: number | null = null): Unread {
  return { kind: 'unavailable', reason, retryAfterMs, isRefused: true };
}

const awayType = 'ProviderUnavailable';
const refusedType = 'ProviderRefuses';

/** The failure of an attempt that had no read: tried again later. */
export function unreadFailure({ reason, retryAfterMs, isRefused }: Omit<Unread, 'kind'>): ApplicationFailure {
  return retryLater(isRefused ? refusedType : awayType, reason, retryAfterMs);
}

/** Whether a failure is one of those, and which; null: it is something else. */
export function refusalOfRead(failure: unknown): { readonly why: string; readonly isRefused: boolean } | null {
  if (!(failure instanceof ApplicationFailure)) return null;
  if (failure.type !== awayType && failure.type !== refusedType) return null;
  return { why: failure.message, isRefused: failure.type === refusedType };
}
