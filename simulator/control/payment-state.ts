import { iso } from '../spelling.js';
import type { Payment } from '../world/payments.js';
import type { World } from '../world/world.js';

/** Payments as the control API and the page see them: amounts as text, with what the wire does not say. */
export function paymentStates(world: World, payments: readonly Payment[]) {
  const coinsDueMs = new Map<string, number>();
  for (const { task, dueMs } of world.agenda.pending()) {
    if (task.kind === 'transfer') coinsDueMs.set(task.transfer.paymentId, dueMs);
  }
  return payments.map((payment) => paymentState(world, payment, coinsDueMs.get(payment.id)));
}

function paymentState(world: World, payment: Payment, coinsDueMs: number | undefined) {
  return {
    payment_id: payment.id,
    parent_payment_id: payment.parentId,
    child_payment_ids: payment.childIds,
    order_id: payment.orderId,
    invoice_id: payment.invoiceId,
    key_label: payment.keyLabel,
    payment_status: payment.status,
    price_amount: payment.priceAmount,
    price_currency: payment.priceCurrency,
    pay_amount: payment.payAmount,
    pay_currency: payment.payCurrency,
    pay_address: payment.payAddress,
    memo: payment.memo,
    actually_paid: payment.actuallyPaid,
    ipn_callback_url: payment.ipnUrl,
    ipn: world.ipnLog.stateOf(payment.id),
    coins_due_at: coinsDueMs === undefined ? null : iso(coinsDueMs),
    created_at: iso(payment.createdAtMs),
    updated_at: iso(payment.updatedAtMs),
    expiration_estimate_date: iso(payment.quoteUntilMs),
    valid_until: iso(payment.watchUntilMs),
  };
}
