import { isZeroCoins, type CoinAmount } from './money.js';
import type { OrderStatus } from './order.js';
import { sameCoin } from './payments/payment-view.js';

/** What the caller, or the payer, can do next: the envelope's `next_action`. */
export const nextActions = ['pay', 'wait', 'top_up', 'contact_support', 'none'] as const;
export type NextAction = (typeof nextActions)[number];

export interface Payable {
  readonly status: OrderStatus;
  readonly provider: 'nowpayments' | 'stub';
  readonly payAddress: string | null;
  readonly payCurrency: string | null;
}

interface ReceivedPayment {
  readonly coin: string | null;
  readonly arrived: CoinAmount;
  readonly lateAt: string | null;
}

/** `hasAddress`: whether the address may be shown; one that was tampered with is withheld. */
export function nextActionOf(
  order: Payable,
  { hasAddress, payments }: { hasAddress: boolean; payments: readonly ReceivedPayment[] },
): NextAction {
  switch (order.status) {
    case 'pending':
      if (hasAddress) return 'pay';
      return order.provider === 'stub' || order.payAddress ? 'contact_support' : 'wait';
    case 'confirming':
      return 'wait';
    case 'partial':
      return holdsStrangeCoins(order, payments) ? 'contact_support' : 'top_up';
    case 'failed':
    case 'cancelled':
      return payments.some((payment) => payment.lateAt !== null) ? 'contact_support' : 'none';
    case 'paid':
      return 'none';
  }
}

/** Coins that no top-up can complete: a person must look at them first. */
export function holdsStrangeCoins(
  { payCurrency }: Pick<Payable, 'payCurrency'>,
  payments: readonly Omit<ReceivedPayment, 'lateAt'>[],
): boolean {
  return payments.some(({ coin, arrived }) => !isZeroCoins(arrived) && !sameCoin(coin, payCurrency));
}
