import { LosslessNumber } from 'lossless-json';
import { findCoin } from './coins.js';
import { divideDown, isPositive, multiply, toExponent, type AmountText } from './decimal.js';
import type { Invoice, Payment } from './payments.js';
import type { Settings } from './settings.js';

export const payoutCurrency = 'usdttrc20';
const KEPT_AFTER_FEE = '0.995';

/** What a create answers: the id is a string here, and only here. */
export function createdPayment(payment: Payment): Record<string, unknown> {
  return {
    payment_id: payment.id,
    payment_status: payment.status,
    pay_address: payment.payAddress,
    price_amount: number(payment.priceAmount),
    price_currency: payment.priceCurrency,
    pay_amount: number(payment.payAmount),
    amount_received: number(outcomeAmount({ ...payment, actuallyPaid: payment.payAmount })),
    pay_currency: payment.payCurrency,
    order_id: payment.orderId,
    order_description: payment.orderDescription,
    payin_extra_id: payment.memo,
    ipn_callback_url: payment.ipnUrl,
    created_at: iso(payment.createdAtMs),
    updated_at: iso(payment.updatedAtMs),
    purchase_id: payment.purchaseId,
    smart_contract: null,
    network: findCoin(payment.payCurrency)?.network ?? null,
    network_precision: findCoin(payment.payCurrency)?.networkPrecision ?? null,
    time_limit: null,
    burning_percent: null,
    expiration_estimate_date: iso(payment.quoteUntilMs),
    is_fixed_rate: payment.isFixedRate,
    is_fee_paid_by_user: payment.isFeePaidByUser,
    valid_until: iso(payment.watchUntilMs),
    type: 'crypto2crypto',
  };
}

export function readPayment(payment: Payment): Record<string, unknown> {
  return {
    payment_id: number(payment.id),
    parent_payment_id: numberOrNull(payment.parentId),
    payment_extra_ids: extraIds(payment),
    invoice_id: numberOrNull(payment.invoiceId),
    payment_status: payment.status,
    pay_address: payment.payAddress,
    payin_extra_id: payment.memo,
    price_amount: number(payment.priceAmount),
    price_currency: payment.priceCurrency,
    pay_amount: number(payment.payAmount),
    actually_paid: number(payment.actuallyPaid),
    actually_paid_at_fiat: 0,
    pay_currency: payment.payCurrency,
    order_id: payment.orderId,
    order_description: payment.orderDescription,
    purchase_id: number(payment.purchaseId),
    outcome_amount: isPositive(payment.actuallyPaid) ? number(outcomeAmount(payment)) : null,
    outcome_currency: payoutCurrency,
    created_at: iso(payment.createdAtMs),
    updated_at: iso(payment.updatedAtMs),
    burning_percent: null,
    type: 'crypto2crypto',
  };
}

/** The IPN's own spelling: epoch milliseconds, a fee, no creation date, and numbers as the settings want them. */
export function ipnPayment(payment: Payment, spelling: Settings['number_text']): Record<string, unknown> {
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
    outcome_amount: amount(outcomeAmount(payment)),
    outcome_currency: payoutCurrency,
    payment_extra_ids: extraIds(payment),
    fee: { currency: payoutCurrency, depositFee: 0, withdrawalFee: 0, serviceFee: 0 },
    updated_at: payment.updatedAtMs,
  };
}

export function createdInvoice(invoice: Invoice, url: string): Record<string, unknown> {
  return {
    id: invoice.id,
    token_id: invoice.id,
    order_id: invoice.orderId,
    order_description: invoice.orderDescription,
    price_amount: invoice.priceAmount,
    price_currency: invoice.priceCurrency,
    pay_currency: invoice.payCurrency,
    ipn_callback_url: invoice.ipnUrl,
    invoice_url: `${url}/?iid=${invoice.id}`,
    success_url: invoice.successUrl,
    cancel_url: invoice.cancelUrl,
    created_at: iso(invoice.createdAtMs),
    updated_at: iso(invoice.createdAtMs),
    is_fixed_rate: invoice.isFixedRate,
    is_fee_paid_by_user: invoice.isFeePaidByUser,
  };
}

export function number(text: string): LosslessNumber {
  return new LosslessNumber(text);
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function numberOrNull(text: string | null): LosslessNumber | null {
  return text === null ? null : number(text);
}

function extraIds({ childIds }: Payment): LosslessNumber[] | null {
  return childIds.length === 0 ? null : childIds.map(number);
}

function outcomeAmount({ actuallyPaid, payCurrency }: Payment): AmountText {
  const payout = findCoin(payoutCurrency);
  const usd = multiply(actuallyPaid, findCoin(payCurrency)?.usd ?? '0');
  return divideDown(multiply(usd, KEPT_AFTER_FEE), payout?.usd ?? '1', payout?.decimals ?? 6);
}

function spell(amount: AmountText, spelling: Settings['number_text']): string {
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
