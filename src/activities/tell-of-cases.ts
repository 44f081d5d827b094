import { publicId } from '../domain/ids.js';
import { addCoins, zeroCoins } from '../domain/money.js';
import { orderCaseEventData, surplusEventData, surplusEventOf } from '../domain/cases/case-event.js';
import type { CaseEventType } from '../domain/outgoing-event.js';
import { caseEventId } from '../db/deliveries/outgoing-events.js';
import { paymentsOf, type PaymentRow } from '../db/money/payments.js';
import type { OrderRow } from '../db/orders/orders.js';
import { casesOf } from '../db/support/support-cases.js';
import { eventOrder } from './event-order.js';
import { tell, type Telling } from './tell-endpoints.js';

/**
 * Tells the merchant of each case of the order that it was opened, and later how it ended, in the transaction that did it. An
 * event's id is made of case and step, so that telling again tells nothing.
 */
export async function tellOfCases(telling: Telling, order: OrderRow, at: string): Promise<void> {
  const { db } = telling;
  const cases = await casesOf(db, order.id);
  if (cases.length === 0) return;
  const payments = await paymentsOf(db, [order.id]);
  const quoted = eventOrder(order, payments);
  for (const row of cases) {
    const one = { ...row, id: publicId('case', row.id) };
    const told = (type: CaseEventType, data: Record<string, unknown>) =>
      tell(telling, { id: caseEventId(row.id, type), type, owner: order, order, isOncePerOrder: false, data, at });
    const surplus = surplusEventOf(one.kind);
    if (surplus !== null) {
      const excess = surplus === 'crypto.order.overpaid' ? excessOf(order, payments) : zeroCoins;
      await told(surplus, surplusEventData(surplus, { order: quoted, one, excess, at }));
    }
    await told('crypto.order.case.opened', orderCaseEventData(quoted, { ...one, resolution: null }, at));
    if (one.resolution === null) continue;
    await told('crypto.order.case.resolved', orderCaseEventData(quoted, one, at));
  }
}

/** What has arrived for the order beyond what was owed. */
function excessOf({ payCurrency }: OrderRow, payments: readonly PaymentRow[]): string {
  return payments
    .filter(({ coin }) => coin === payCurrency)
    .reduce((sum, { excess }) => addCoins(sum, excess), zeroCoins);
}
