import { isClosed, type OrderEvent } from '../order.js';
import { classifyPayment } from '../payments/payment.js';
import type { PaymentView } from '../payments/payment-view.js';
import { boundTerms, nothingNew, type Meaning, type Situation } from './meaning.js';

/** Whether a signed IPN that could not be checked by a read may be believed at all: only of the bound payment, while open. */
export function isUsableUnread({ status, paymentId }: Situation, ipn: PaymentView): boolean {
  return ipn.paymentId === paymentId && !isClosed(status);
}

/**
 * The provider cannot be asked: a signed IPN alone may show that money is on its way, short, or gone, never that it is
 * paid. Nothing is put on record as money: the next read does that.
 */
export function unreadMeaning(situation: Situation, ipn: PaymentView): Meaning {
  const { event, detail, alarm } = classifyPayment(boundTerms(situation), ipn, [], situation.tolerance);
  return { ...nothingNew('ipn', 'believed without a read'), event: neverPaid(event), detail, alarm };
}

function neverPaid(event: OrderEvent): OrderEvent {
  return event === 'payment_finished' || event === 'overpaid' || event === 'amount_mismatch' ? 'payment_seen' : event;
}
