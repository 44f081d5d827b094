import { toExponent, type AmountText } from '../decimal.js';
import { number, numberOrNull, numbersOrNull } from '../spelling.js';
import type { Payment } from '../world/payments.js';
import { payoutCurrency, payoutOf } from '../world/payout.js';
import type { Settings } from '../world/settings.js';

/** The IPN's own spelling: epoch milliseconds, a fee, no creation date, and numbers as the settings want them. */
export function ipnPayment(payment: Payment, spelling: Settings['numberText']): Record<string, unknown> {
  const amount = (text: AmountText) => number(spell(text, spelling));
  return {
    payment_id: number(payment.id),
    parent_payment_id: numberOrNull(payment.parentId),
    invoice_id: numberOrNull(payment.invoiceId),
    payment_status: payment.status,
    pay_address: payment.payAddress,
    payin_extra_id: payment.memo,
    price_amount: amount(payment.priceAmount),
    price_currency: payment.priceCurrency,
    pay_amount: amount(payment.payAmount),
    actually_paid: amount(payment.actuallyPaid),
    actually_paid_at_fiat: 0,
    pay_currency: payment.payCurrency,
    order_id: payment.orderId,
    order_description: payment.orderDescription,
    purchase_id: number(payment.purchaseId),
    outcome_amount: amount(payoutOf(payment.actuallyPaid, payment.payCurrency)),
    outcome_currency: payoutCurrency,
    payment_extra_ids: numbersOrNull(payment.childIds),
    fee: { currency: payoutCurrency, depositFee: 0, withdrawalFee: 0, serviceFee: 0 },
    updated_at: payment.updatedAtMs,
  };
}

function spell(amount: AmountText, spelling: Settings['numberText']): string {
  switch (spelling) {
    case 'plain':
      return amount;
    case 'js':
      return String(Number(amount));
    case 'exponent':
      return toExponent(amount);
    case 'padded':
      return amount.includes('.') ? `${amount}0` : `${amount}.00`;
  }
}
