import { addFullBody, tellEndpoints } from '../db/deliveries/outgoing-events.js';
import { paymentsOf } from '../db/money/payments.js';
import { orderEventsOf } from '../db/orders/order-events.js';
import type { OrderRow } from '../db/orders/orders.js';
import type { Database } from '../db/pool.js';
import { addressIntact, type Keyring } from '../db/secrets/seal.js';
import type { Mode } from '../domain/ids.js';
import { eventBody, type EventType } from '../domain/outgoing-event.js';
import { envelopeOf } from '../domain/told/envelope.js';

/** What telling takes, within the transaction that did what is told. */
export interface Telling {
  readonly db: Database;
  readonly keyring: Keyring;
  readonly publicUrl: string;
}

/** An event; an order's row is as it stands after the change. */
export interface Told {
  readonly id: string;
  readonly type: EventType;
  readonly owner: { readonly accountId: string; readonly mode: Mode };
  readonly order: OrderRow | null; // null: of a case that no order is known of
  readonly isOncePerOrder: boolean; // false: of one of its cases, of which there may be several
  readonly data: Record<string, unknown>;
  readonly at: string;
}

/**
 * Writes an event, with a delivery to every endpoint that wants it. The order's envelope goes along where one of them wants all of
 * it: made only then, and of this moment. Answers the event's id, or null where it was told before.
 */
export async function tell(telling: Telling, told: Told): Promise<string | null> {
  const { id, type, owner, order, isOncePerOrder, data, at } = told;
  const event = { id, type, createdAt: at };
  const written = await tellEndpoints(telling.db, {
    ...event,
    accountId: owner.accountId,
    mode: owner.mode,
    orderId: order !== null && isOncePerOrder ? order.id : null,
    body: eventBody({ ...event, data }),
  });
  if (written === null) return null;
  if (written.wantsFull && order !== null) {
    const whole = { ...data, order: await envelopeNow(telling, order, at) };
    await addFullBody(telling.db, id, eventBody({ ...event, data: whole }));
  }
  return id;
}

async function envelopeNow({ db, keyring, publicUrl }: Telling, order: OrderRow, at: string): Promise<object> {
  const events = await orderEventsOf(db, [order.id]);
  const payments = await paymentsOf(db, [order.id]);
  const hasIntactAddress = addressIntact(keyring, order);
  return envelopeOf(order, { events, payments }, { hasIntactAddress, at, publicUrl });
}
