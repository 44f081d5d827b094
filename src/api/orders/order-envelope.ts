import { orderEventsOf, type OrderEventRow } from '../../db/orders/order-events.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { paymentsOf, type PaymentRow } from '../../db/money/payments.js';
import { addressIntact } from '../../db/secrets/seal.js';
import { arrivedFor } from '../../domain/payments/deposits.js';
import { isZeroCoins, subtractCoins, zeroCoins } from '../../domain/money.js';
import { nextActionOf } from '../../domain/next-action.js';
import { isClosed } from '../../domain/order.js';
import { topUpAmount } from '../../domain/payments/top-up.js';
import type { AppDeps } from '../deps.js';
import { exactNumber } from '../http/exact-json.js';
import type { OrderEnvelope } from '../schemas/orders.js';

type Shown = Pick<AppDeps, 'keyring' | 'settings' | 'metrics' | 'log'>;

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
  const target = row.status === 'pending' || row.status === 'partial' ? payTarget(deps, row) : nothingToPay;
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
    next_action: nextActionOf(row, { hasAddress: target.payment_address !== null, payments }),
    late_payments: payments.flatMap((payment) => latePayment(payment)),
    customer_reference: row.customerReference,
    metadata: row.metadata,
    version: row.version,
    ...target,
    ...(target.payment_address === null
      ? { actually_paid: null, amount_due: null, top_up_amount: null }
      : amounts(row, payments)),
    payment_url: paymentUrl(deps, row),
  };
}

export const nothingToPay = {
  payment_address: null,
  pay_currency: null,
  pay_amount: null,
  pay_amount_text: null,
  pay_extra_id: null,
  network: null,
};

/** Where to pay, or nothing: before the mint, and when the address is not the one that was bound. */
export function payTarget({ keyring, metrics, log }: Shown, row: OrderRow) {
  if (!row.payAddress || !row.payAmountText) return nothingToPay;
  if (!addressIntact(keyring, row)) {
    metrics.alarms.inc({ alarm: 'pay_address_changed' });
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

/** What arrived, what is still missing, and what a payer is asked for when a part is. */
export function amounts(
  row: OrderRow,
  payments: readonly PaymentRow[],
): { actually_paid: string; amount_due: string; top_up_amount: string | null } {
  const arrived = arrivedFor(row.payCurrency, payments);
  const due = subtractCoins(row.payAmount ?? zeroCoins, arrived);
  const asked = row.status === 'partial' && !isZeroCoins(due) ? topUpAmount(due, row.topUpFloor) : null;
  return { actually_paid: arrived, amount_due: due, top_up_amount: asked };
}
