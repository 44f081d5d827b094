import type { AccountId, OrderId, PaymentId } from '../../domain/ids.js';
import type { CoinAmount } from '../../domain/money.js';
import type { OrderStatus } from '../../domain/order.js';
import type { KnownPayment } from '../../domain/payments/deposits.js';
import type { Database } from '../pool.js';
import { many, selectList } from '../query.js';
import type { NewProviderEvent } from './provider-events.js';

/** What of an order its IPNs are judged by, and its run is started with. */
export interface RungOrder {
  readonly id: OrderId;
  readonly accountId: AccountId;
  readonly product: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly requestedCoin: string | null;
  readonly expiresAt: string;
  readonly status: OrderStatus;
  readonly paymentId: PaymentId | null;
  readonly payCurrency: string | null;
}

/** What is known when an IPN comes. */
export interface Circumstances {
  readonly known: { readonly id: string; readonly relayed: boolean } | null; // the row that says the same
  readonly order: RungOrder | null;
  readonly payment: Pick<KnownPayment, 'arrived' | 'providerStatus'> | undefined; // what is on record of it
}

/** All columns of the order are null where there is none. */
interface CircumstancesRow extends Omit<RungOrder, 'id' | 'paymentId'> {
  readonly place: number;
  readonly eventId: string | null; // of the row that says the same
  readonly relayed: boolean;
  readonly orderId: OrderId | null;
  readonly boundPaymentId: PaymentId | null;
  readonly arrived: CoinAmount | null; // null: no such payment is known
  readonly providerStatus: string | null;
}

export const circumstanceColumns = selectList<CircumstancesRow>({
  place: 'n.place',
  eventId: 'e.id',
  relayed: 'e.relayed_at is not null',
  orderId: 'o.id',
  accountId: 'o.account_id',
  product: 'o.product',
  priceCents: 'o.price_cents',
  priceCurrency: 'o.price_currency',
  requestedCoin: 'o.requested_coin',
  expiresAt: 'o.expires_at',
  status: 'o.status',
  boundPaymentId: 'o.payment_id',
  payCurrency: 'o.pay_currency',
  arrived: 'p.arrived',
  providerStatus: 'p.provider_status',
});

/**
 * For each of these, in their order. The order is found by payment id, then parent id, then order id, among those the
 * signing secret reaches. `limit 1` has each looked up by its key: the planner takes one notice for a hundred, and would
 * read a whole table for it.
 */
export async function circumstancesOf(db: Database, events: readonly NewProviderEvent[]): Promise<Circumstances[]> {
  const asked = events.map((event, place) => ({
    place,
    fingerprint: event.fingerprint,
    account_id: event.accountId,
    modes: event.kind === 'payment' ? event.modes : [],
    payment_id: event.paymentId,
    parent_payment_id: event.parentPaymentId,
    order_id: event.orderId,
  }));
  const rows = await many<CircumstancesRow>(
    db,
    `select ${circumstanceColumns}
     from json_to_recordset($1) as n (place int, fingerprint text, account_id uuid, modes text[], payment_id text,
       parent_payment_id text, order_id text)
     left join lateral (
       select e.id, e.relayed_at from provider_events e where e.fingerprint = n.fingerprint limit 1
     ) e on true
     left join lateral (
       select o.* from orders o
       where o.mode = any (n.modes) and (o.payment_id in (n.payment_id, n.parent_payment_id) or o.id = n.order_id)
         and (o.account_id = n.account_id or n.account_id is null and not exists (
           select 1 from provider_credentials c where c.account_id = o.account_id and c.mode = o.mode
             and (c.key_label = o.provider_key_label or o.provider_key_label is null and c.retired_at is null)))
       order by o.payment_id is not distinct from n.payment_id desc,
         o.payment_id is not distinct from n.parent_payment_id desc limit 1
     ) o on true
     left join lateral (
       select p.arrived, p.provider_status from payments p
       where p.mode = o.mode and p.payment_id = n.payment_id and p.order_id = o.id limit 1
     ) p on true
     order by n.place`,
    [JSON.stringify(asked)],
  );
  return rows.map(circumstancesIn);
}

function circumstancesIn(row: CircumstancesRow): Circumstances {
  const { eventId, relayed, orderId, boundPaymentId, arrived, providerStatus, place: _, ...order } = row;
  return {
    known: eventId === null ? null : { id: eventId, relayed },
    order: orderId === null ? null : { ...order, id: orderId, paymentId: boundPaymentId },
    payment: arrived === null || providerStatus === null ? undefined : { arrived, providerStatus },
  };
}
