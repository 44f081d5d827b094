import type { AlarmName } from '../../domain/alarms.js';
import { asked as askedOf, envelopeOf, paymentUrl as urlOf, type Showing } from '../../domain/told/envelope.js';
import { orderEventsOf, type OrderEventRow } from '../../db/orders/order-events.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { paymentsOf, type PaymentRow } from '../../db/money/payments.js';
import { addressIntact } from '../../db/secrets/seal.js';
import type { AppDeps } from '../deps.js';
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
  const { publicUrl } = deps.settings;
  return envelopeOf(row, { events, payments }, { ...showing(deps, row), publicUrl });
}

/** What the caller is asked to do, and what a payer is asked to send where. */
export function asked(deps: Shown, row: OrderRow, payments: readonly PaymentRow[]) {
  return askedOf(row, payments, showing(deps, row));
}

/** An address that is not the one that was bound is withheld, and somebody hears of it when it would have been shown. */
function showing({ keyring, metrics, log, nowMs }: Shown, row: OrderRow): Showing {
  const hasIntactAddress = addressIntact(keyring, row);
  const isShown = (row.status === 'pending' || row.status === 'partial') && row.payAddress && row.payAmountText;
  if (isShown && !hasIntactAddress) {
    metrics.alarms.inc({ alarm: 'pay_address_changed' satisfies AlarmName });
    log.error({ orderId: row.id }, 'pay_address_changed: withheld');
  }
  return { hasIntactAddress, at: new Date(nowMs()).toISOString() };
}

export function paymentUrl({ settings }: Pick<AppDeps, 'settings'>, row: OrderRow): string {
  return urlOf(settings.publicUrl, row);
}
