import { ApplicationFailure } from '@temporalio/common';
import type { PaymentId } from '../domain/ids.js';
import {
  depositMemory,
  depositsToRead,
  unreadDeposits,
  type RememberedDeposit,
} from '../domain/payments/deposit-reading.js';
import { unreadStatus, type PaymentView } from '../domain/payments/payment-view.js';
import { sameAddress } from '../domain/payments/same-address.js';
import type { OrderRow } from '../db/orders/orders.js';
import { rememberDepositReads } from '../db/money/deposit-reads.js';
import type { OrderRecord } from '../db/orders/order-record.js';
import type { ReadOutcome } from '../gateway/nowpayments.js';
import type { ProviderPayment } from '../gateway/wire.js';
import type { Alarms, OrderDependencies } from './dependencies.js';
import { noKey, providerKeyOf } from './provider-key.js';
import { retryLater } from './retry-later.js';

export type Priority = 'decision' | 'poll' | 'reconcile';

/** The provider's own word on an order's payment and re-deposits, or why we do not have it. */
export type Evidence =
  | {
      readonly kind: 'read';
      readonly bound: PaymentView;
      readonly children: readonly PaymentView[];
      readonly unread: number; // re-deposits of which nothing is known yet: their turn comes with the next reading
    }
  | Unread;

interface Unread {
  readonly kind: 'unavailable';
  readonly reason: string;
  readonly retryAfterMs: number | null;
  readonly isRefused: boolean; // it answered, and does not show us the payment
}

/** Whom the reading needs: the provider, and somebody to wake when its answer cannot be right. */
export type EvidenceDependencies = Pick<OrderDependencies, 'pool' | 'gateway' | 'providerAccount' | 'alarms'>;

interface Asking {
  readonly priority: Priority;
  readonly hinted?: readonly PaymentView[]; // re-deposits as a signed IPN shows them
  readonly rung?: PaymentId; // the payment an IPN speaks of: read again, whatever we remember of it
  readonly finalToo?: boolean; // also re-deposits that said their last word: one may have been sent back since
}

/**
 * Reads the bound payment and the re-deposits known from the record, the provider's own list, or the caller: a few at a
 * time, and no final one twice. Of the others our last read counts. A re-deposit that cannot be read is left out of the
 * sum: support decides about it.
 */
export async function readEvidence(
  deps: EvidenceDependencies,
  { order, pair, payments, depositReads }: Pick<OrderRecord, 'order' | 'pair' | 'payments' | 'depositReads'>,
  { priority, hinted = [], rung, finalToo = false }: Asking,
): Promise<Evidence> {
  const { gateway, alarms } = deps;
  if (!order.paymentId) return refused('no payment is bound');
  const account = await providerKeyOf(deps, { order, pair });
  if (!account) return refused(noKey);
  const bound = await gateway.read(account, order.paymentId, priority);
  if (bound.kind !== 'read') return unavailable(alarms, order, bound);
  if (!namesOrder(bound.payment, order)) return unusable(alarms, order, 'the read names another order or address');

  const recorded = payments.filter((row) => row.role === 'child');
  const memory = depositMemory(recorded, depositReads);
  const ringing = new Set([...hinted.map((view) => view.paymentId), ...(rung === undefined ? [] : [rung])]);
  // The provider's list may be cut off, or be missing: what was once seen stays, and what an IPN rang for is looked at.
  const ids = new Set([...bound.payment.extraIds, ...memory.keys(), ...ringing]);
  ids.delete(order.paymentId);
  const candidates = [...ids];
  const read = (id: PaymentId) => gateway.read(account, id, priority);
  const toRead = depositsToRead(candidates, memory, { rung: ringing, finalToo });
  const { fresh, invisible, failed } = await readDeposits(bound.payment, toRead, read);
  // Also when one failed: what was read before it need not be read again.
  if (fresh.size > 0) await rememberDepositReads(deps.pool, order, [...fresh].map(asRemembered));
  if (failed) return unavailable(alarms, order, failed);
  const latest = new Map<PaymentId, RememberedDeposit>([...memory, ...fresh]);
  const hints = hinted.filter((view) => invisible.has(view.paymentId));
  const children = candidates.flatMap((id) => latest.get(id)?.view ?? unreadHint(id, hints) ?? []);
  return { kind: 'read', bound: bound.payment, children, unread: unreadDeposits(candidates, latest) };
}

type Failed = Exclude<ReadOutcome, { kind: 'read' | 'not_visible' }>;

interface ReadDeposits {
  readonly fresh: ReadonlyMap<PaymentId, RememberedDeposit>;
  readonly invisible: ReadonlySet<PaymentId>;
  readonly failed: Failed | null; // nothing after it was read
}

async function readDeposits(
  bound: ProviderPayment,
  ids: readonly PaymentId[],
  read: (id: PaymentId) => Promise<ReadOutcome>,
): Promise<ReadDeposits> {
  const fresh = new Map<PaymentId, RememberedDeposit>();
  const invisible = new Set<PaymentId>();
  for (const id of ids) {
    const child = await read(id);
    if (child.kind === 'unavailable' || child.kind === 'account') return { fresh, invisible, failed: child };
    if (child.kind === 'not_visible') invisible.add(id);
    const view = child.kind === 'read' && isDepositOf(bound, child.payment) ? child.payment : null;
    fresh.set(id, { view, readAt: null });
  }
  return { fresh, invisible, failed: null };
}

function asRemembered([paymentId, { view }]: [PaymentId, RememberedDeposit]) {
  return {
    paymentId,
    parentPaymentId: view?.parentPaymentId ?? null,
    status: view?.status ?? null,
    coin: view?.payCurrency ?? null,
    actuallyPaid: view?.actuallyPaid ?? null,
    transactionHash: view?.transactionHash ?? null,
  };
}

/** What a signed IPN shows and the provider does not: for a case, never for a grant. */
function unreadHint(id: PaymentId, hinted: readonly PaymentView[]): PaymentView | null {
  const hint = hinted.find((view) => view.paymentId === id);
  return hint ? { ...hint, status: unreadStatus } : null;
}

/** Another transfer to the address, or a new payment under the same purchase, which has an address of its own. */
function isDepositOf(bound: ProviderPayment, payment: ProviderPayment): boolean {
  if (payment.parentPaymentId !== null) return payment.parentPaymentId === bound.paymentId;
  return payment.purchaseId !== null && payment.purchaseId === bound.purchaseId && payment.orderId === bound.orderId;
}

function namesOrder(payment: PaymentView, order: OrderRow): boolean {
  return (
    payment.orderId === order.id &&
    sameAddress(payment.payAddress, order.payAddress) &&
    payment.parentPaymentId === null
  );
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
