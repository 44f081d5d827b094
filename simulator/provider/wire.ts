import { isPositive } from '../decimal.js';
import { iso, number, numberOrNull, numbersOrNull } from '../spelling.js';
import { findCoin } from '../world/coins.js';
import type { Invoice, Payment } from '../world/payments.js';
import { payoutCurrency, payoutOf } from '../world/payout.js';

/** What a create answers: the id is a string here, and only here. */
export function createdPayment(payment: Payment): Record<string, unknown> {
  return {
    payment_id: payment.id,
    payment_status: payment.status,
    pay_address: payment.payAddress,
    price_amount: number(payment.priceAmount),
    price_currency: payment.priceCurrency,
    pay_amount: number(payment.payAmount),
    amount_received: number(payoutOf(payment.payAmount, payment.payCurrency)),
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
    payment_extra_ids: numbersOrNull(payment.childIds),
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
    outcome_amount: isPositive(payment.actuallyPaid)
      ? number(payoutOf(payment.actuallyPaid, payment.payCurrency))
      : null,
    outcome_currency: payoutCurrency,
    created_at: iso(payment.createdAtMs),
    updated_at: iso(payment.updatedAtMs),
    burning_percent: null,
    payin_hash: payment.payinHash ?? null, // null in a journal from before it was kept
    payout_hash: null,
    type: 'crypto2crypto',
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
