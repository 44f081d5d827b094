import { publicId } from '../domain/ids.js';
import { eventBody, orderCaseEventData, type CaseEventType, type EventOrder } from '../domain/outgoing-event.js';
import { caseEventId, insertDeliveries, insertOutgoingEvent } from '../db/deliveries/outgoing-events.js';
import type { OrderRow } from '../db/orders/orders.js';
import type { Database } from '../db/pool.js';
import { casesOf, type CaseRow } from '../db/support/support-cases.js';
import { eventOrder } from './event-order.js';

/**
 * Tells the merchant of each case of the order that it was opened, and later how it ended, in the transaction that did it. An
 * event's id is made of case and step, so that telling again tells nothing.
 */
export async function tellOfCases(db: Database, order: OrderRow, at: string): Promise<void> {
  const cases = await casesOf(db, order.id);
  if (cases.length === 0) return;
  const quoted = await eventOrder(db, order);
  for (const one of cases) {
    await tell(db, { order, quoted, one, at }, 'crypto.order.case.opened');
    if (one.resolution !== null) await tell(db, { order, quoted, one, at }, 'crypto.order.case.resolved');
  }
}

interface Told {
  readonly order: OrderRow;
  readonly quoted: EventOrder;
  readonly one: CaseRow;
  readonly at: string;
}

async function tell(db: Database, { order, quoted, one, at }: Told, type: CaseEventType): Promise<void> {
  const id = caseEventId(one.id, type);
  const shown = type === 'crypto.order.case.opened' ? { ...one, resolution: null } : one;
  const data = orderCaseEventData(quoted, { ...shown, id: publicId('case', one.id) }, at);
  const written = await insertOutgoingEvent(db, {
    id,
    accountId: order.accountId,
    mode: order.mode,
    orderId: null, // of no order in the table's sense: two cases of one order are two events
    type,
    body: eventBody({ id, type, createdAt: at, data }),
    createdAt: at,
  });
  if (written) await insertDeliveries(db, written, at);
}
