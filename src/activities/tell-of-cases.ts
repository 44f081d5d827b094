import { publicId } from '../domain/ids.js';
import { addCoins, zeroCoins } from '../domain/money.js';
import { orderCaseEventData, surplusEventData, surplusEventOf } from '../domain/cases/case-event.js';
import { eventBody, type CaseEventType } from '../domain/outgoing-event.js';
import { caseEventId, tellEndpoints } from '../db/deliveries/outgoing-events.js';
import { paymentsOf, type PaymentRow } from '../db/money/payments.js';
import type { OrderRow } from '../db/orders/orders.js';
import type { Database } from '../db/pool.js';
import { casesOf } from '../db/support/support-cases.js';
import { eventOrder } from './event-order.js';

/**
 * Tells the merchant of each case of the order that it was opened, and later how it ended, in the transaction that did it. An
 * event's id is made of case and step, so that telling again tells nothing.
 */
export async function tellOfCases(db: Database, order: OrderRow, at: string): Promise<void> {
  const cases = await casesOf(db, order.id);
  if (cases.length === 0) return;
  const payments = await paymentsOf(db, [order.id]);
  const quoted = eventOrder(order, payments);
  for (const row of cases) {
    const one = { ...row, id: publicId('case', row.id) };
    const told = { order, caseId: row.id, at };
    const surplus = surplusEventOf(one.kind);
    if (surplus !== null) {
      const excess = surplus === 'crypto.order.overpaid' ? excessOf(order, payments) : zeroCoins;
      await tell(db, { ...told, data: surplusEventData(surplus, { order: quoted, one, excess, at }) }, surplus);
    }
    const opened = orderCaseEventData(quoted, { ...one, resolution: null }, at);
    await tell(db, { ...told, data: opened }, 'crypto.order.case.opened');
    if (one.resolution === null) continue;
    await tell(db, { ...told, data: orderCaseEventData(quoted, one, at) }, 'crypto.order.case.resolved');
  }
}

/** What has arrived for the order beyond what was owed. */
function excessOf({ payCurrency }: OrderRow, payments: readonly PaymentRow[]): string {
  return payments
    .filter(({ coin }) => coin === payCurrency)
    .reduce((sum, { excess }) => addCoins(sum, excess), zeroCoins);
}

interface Told {
  readonly order: OrderRow;
  readonly caseId: string;
  readonly data: Record<string, unknown>;
  readonly at: string;
}

async function tell(db: Database, { order, caseId, data, at }: Told, type: CaseEventType): Promise<void> {
  const id = caseEventId(caseId, type);
  await tellEndpoints(db, {
    id,
    accountId: order.accountId,
    mode: order.mode,
    orderId: null, // of no order in the table's sense: two cases of one order are two events
    type,
    body: eventBody({ id, type, createdAt: at, data }),
    createdAt: at,
  });
}
