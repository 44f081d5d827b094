import type { AlarmName } from '../../domain/alarms.js';
import { orderEventsOf, type OrderEventRow } from '../../db/orders/order-events.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { paymentsOf, type PaymentRow } from '../../db/money/payments.js';
import { addressIntact } from '../../db/secrets/seal.js';
import { arrivedFor } from '../../domain/payments/deposits.js';
import { orderMoney } from '../../domain/payments/order-money.js';
import { amountToSend, dueFor, nextActionOf } from '../../domain/next-action.js';
import { isPayWindowOver } from '../../domain/deadline.js';
import { isClosed } from '../../domain/order.js';
import type { AppDeps } from '../deps.js';
import { exactNumber } from '../http/exact-json.js';
import type { OrderEnvelope } from '../schemas/order-answers.js';

type Shown = Pick<AppDeps, 'keyring' | 'settings' | 'metrics' | 'log' | 'nowMs'>;

/** Orders as merchants see them, in the order of the rows. Neither the account nor an internal note is in them. */
export async function orderEnvelopes(deps: AppDeps, rows: readonly OrderRow[]): Promise<OrderEnvelope[]> {
  const ids = rows.map((row) => row.id);
  const [events, payments] = await Promise.all([orderEventsOf(deps.pool, ids), paymentsOf(deps.pool, ids)]);
  const eventsById = byOrder(events);
  const paymentsById = byOrder(payments);
  return rows.map((row) => envelope(deps, row, eventsById.get(row.id) ?? [], paymentsById.get(row.id) ?? []));
}

function byOrder<Line extends { readonly orderId: string | null }>(lines: readonly Line[]): Map<string | null, Line[]> {
  const found = new Map<string | null, Line[]>();
  for (const line of lines) {
    const others = found.get(line.orderId);
    if (others) others.push(line);
    else found.set(line.orderId, [line]);
  }
  return found;
}

export async function orderEnvelopeOf(deps: AppDeps, row: OrderRow): Promise<OrderEnvelope> {
  const [only] = await orderEnvelopes(deps, [row]);
  if (!only) throw new Error('one row gave no envelope');
  return only;
}

function envelope(
  deps: Shown,
  row: OrderRow,
  events: readonly OrderEventRow[],
  payments: readonly PaymentRow[],
): OrderEnvelope {
  const { action, target, amounts } = asked(deps, row, payments);
  return {
    order_id: row.id,
    product: row.product,
    price_cents: row.priceCents,
    price_currency: row.priceCurrency,
    payment_id: row.paymentId,
    status: row.status,
    customer_note: row.customerNote,
    events: events.map(({ status, at, source }) => ({ status, at, source })),
    expires_at: row.status === 'pending' ? row.expiresAt : null,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    paid_at: row.paidAt,
    is_final: isClosed(row.status),
    next_action: action,
    late_payments: payments.flatMap((payment) => latePayment(payment)),
    customer_reference: row.customerReference,
    metadata: row.metadata,
    version: row.version,
    ...target,
    ...amounts,
    ...whyStub(row),
    payment_url: paymentUrl(deps, row),
    money: orderMoney(row, payments),
  };
}

/** Why the order has no address and gets none, and the least that could be paid, where that is known. */
export function whyStub({ stubReason, stubMinimum, stubMinimumCurrency }: OrderRow) {
  return { stub_reason: stubReason, stub_minimum: stubMinimum, stub_minimum_currency: stubMinimumCurrency };
}

export const nothingToPay = {
  payment_address: null,
  pay_currency: null,
  pay_amount: null,
  pay_amount_text: null,
  pay_extra_id: null,
  network: null,
};

/**
 * What the caller is asked to do, and what a payer is asked to send where: what is still to be paid, or nothing. So whoever
 * shows the address and the amount as they are asks for no coin twice.
 */
export function asked(deps: Shown, row: OrderRow, payments: readonly PaymentRow[]) {
  const isOpen = row.status === 'pending' || row.status === 'partial';
  const bound = isOpen ? boundTarget(deps, row) : nothingToPay;
  const hasAddress = bound.payment_address !== null;
  const isOver = isPayWindowOver(row, new Date(deps.nowMs()).toISOString());
  const action = nextActionOf(row, { hasAddress, isOver, payments });
  const amount = hasAddress ? amountToSend(row, action, payments) : null;
  return {
    action,
    target: amount === null ? nothingToPay : targetFor(bound, action === 'pay' ? null : amount),
    amounts: {
      actually_paid: hasAddress ? arrivedFor(row.payCurrency, payments) : null,
      amount_due: amount === null ? null : dueFor(row, payments),
      top_up_amount: action === 'top_up' ? amount : null,
    },
  };
}

/** The whole sum stands as the provider wrote it. */
function targetFor(bound: ReturnType<typeof boundTarget>, rest: string | null) {
  return rest === null ? bound : { ...bound, pay_amount: exactNumber(rest), pay_amount_text: rest };
}

/** Where to pay the whole sum, or nothing: before the mint, and when the address is not the one that was bound. */
function boundTarget({ keyring, metrics, log }: Shown, row: OrderRow) {
  if (!row.payAddress || !row.payAmountText) return nothingToPay;
  if (!addressIntact(keyring, row)) {
    metrics.alarms.inc({ alarm: 'pay_address_changed' satisfies AlarmName });
    log.error({ orderId: row.id }, 'pay_address_changed: withheld');
    return nothingToPay;
  }
  return {
    payment_address: row.payAddress,
    pay_currency: row.payCurrency,
    pay_amount: exactNumber(row.payAmountText),
    pay_amount_text: row.payAmountText,
    pay_extra_id: row.payExtraId,
    network: row.network,
  };
}

export function paymentUrl({ settings }: Pick<AppDeps, 'settings'>, row: OrderRow): string {
  return `${settings.publicUrl}/pay/${row.payToken}`;
}

function latePayment({ lateAt, paymentId, providerStatus, arrived, coin }: PaymentRow) {
  if (lateAt === null) return [];
  return [
    { payment_id: paymentId, provider_status: providerStatus, actually_paid: arrived, pay_currency: coin, at: lateAt },
  ];
}
