import { isPaymentId, type PaymentId } from '../../src/domain/ids.js';
import { coinAmount, type CoinAmount } from '../../src/domain/money.js';
import type { BoundTerms } from '../../src/domain/payments/bound-terms.js';
import type { PaymentView } from '../../src/domain/payments/payment-view.js';

export function coins(text: string): CoinAmount {
  const amount = coinAmount(text);
  if (amount === null) throw new Error(`${text} is no coin amount`);
  return amount;
}

export function paymentId(text: string): PaymentId {
  if (!isPaymentId(text)) throw new Error(`${text} is no payment id`);
  return text;
}

/** An order of 49.00 USD that owes 100 USDT on Tron: a percent is a coin. */
export const terms: BoundTerms = {
  orderId: 'ord_0123456789ab',
  price: { cents: 4900, currency: 'USD' },
  paymentId: paymentId('5000'),
  payCurrency: 'usdttrc20',
  payAmount: coins('100'),
  payAddress: 'TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf',
  topUpFloor: null,
};

/** The order's own payment as the provider reports it. */
export function bound(status: string, actuallyPaid: string | null = '0', over: Partial<PaymentView> = {}): PaymentView {
  return {
    paymentId: terms.paymentId,
    parentPaymentId: null,
    extraIds: [],
    status,
    orderId: terms.orderId,
    priceAmount: coins('49'),
    priceCurrency: 'usd',
    payAmount: terms.payAmount,
    payCurrency: 'usdttrc20',
    actuallyPaid: actuallyPaid === null ? null : coins(actuallyPaid),
    payAddress: terms.payAddress,
    payExtraId: null,
    updatedAtMs: null,
    transactionHash: null,
    ...over,
  };
}

/** Another transfer to the same address: a payment of its own, under the first. */
export function redeposit(status: string, actuallyPaid: string, over: Partial<PaymentView> = {}): PaymentView {
  return bound(status, actuallyPaid, { paymentId: paymentId('5001'), parentPaymentId: terms.paymentId, ...over });
}
