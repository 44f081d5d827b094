import { isZeroCoins, subtractCoins, zeroCoins, type CoinAmount } from './money.js';
import type { OrderStatus } from './order.js';
import { arrivedFor, isDeposit, isDepositRole, type RecordedPayment } from './payments/deposits.js';
import { awaitsChoice, type CoinChoice } from './payments/offer.js';
import { isOnTheWay, isRefunded, isUnread, sameCoin, saysWrongAsset } from './payments/payment-view.js';
import { topUpAmount } from './payments/top-up.js';

/** What the caller, or the payer, can do next: the envelope's `next_action`. */
export const nextActions = ['choose_coin', 'pay', 'wait', 'top_up', 'contact_support', 'none'] as const;
export type NextAction = (typeof nextActions)[number];

export interface Payable {
  readonly status: OrderStatus;
  readonly provider: 'nowpayments' | 'stub';
  readonly coinChoice: CoinChoice;
  readonly requestedCoin: string | null;
  readonly payAddress: string | null;
  readonly payCurrency: string | null;
  readonly payAmount: CoinAmount | null;
}

export interface ReceivedPayment extends RecordedPayment {
  readonly unapplied: CoinAmount;
  readonly lateAt: string | null;
}

/**
 * `hasAddress`: whether the address may be shown; one that was tampered with is withheld. `isOver`: the pay window has
 * passed and we look one last time, which may take as long as an outage: nobody is asked to pay then.
 */
export function nextActionOf(
  order: Payable,
  { hasAddress, isOver, payments }: { hasAddress: boolean; isOver: boolean; payments: readonly ReceivedPayment[] },
): NextAction {
  switch (order.status) {
    case 'pending':
      if (payments.some(hasArrived)) return 'contact_support'; // coins that moved nothing: they fit no price
      if (hasAddress) return isOver ? 'wait' : 'pay';
      if (awaitsChoice(order)) return isOver ? 'wait' : 'choose_coin';
      return order.provider === 'stub' || order.payAddress ? 'contact_support' : 'wait';
    case 'confirming':
      return payments.some(isStuck) ? 'contact_support' : 'wait';
    case 'partial':
      return hasAddress ? partialAction(order, payments) : 'contact_support';
    case 'failed':
    case 'cancelled':
      return payments.some((payment) => payment.lateAt !== null) ? 'contact_support' : 'none';
    case 'paid':
      return 'none';
  }
}

/** A payer is asked for what is missing, never for nothing and never for what came and does not count by itself. */
function partialAction(order: Payable, payments: readonly ReceivedPayment[]): NextAction {
  const isStrange = payments.some((payment) => hasArrived(payment) && !countsByItself(order, payment));
  if (isStrange || holdsStrangeCoins(order, payments)) return 'contact_support';
  if (!isZeroCoins(dueFor(order, payments))) return 'top_up';
  return payments.some((payment) => hasArrived(payment) && isOnTheWay(payment.providerStatus))
    ? 'wait'
    : 'contact_support';
}

/** What is still missing of what is owed. */
export function dueFor({ payAmount, payCurrency }: Payable, payments: readonly RecordedPayment[]): CoinAmount {
  return subtractCoins(payAmount ?? zeroCoins, arrivedFor(payCurrency, payments));
}

/** What a payer is asked to send now; null: nothing. */
export function amountToSend(
  order: Payable & { readonly topUpFloor: CoinAmount | null },
  action: NextAction,
  payments: readonly RecordedPayment[],
): CoinAmount | null {
  if (action === 'pay') return order.payAmount;
  return action === 'top_up' ? topUpAmount(dueFor(order, payments), order.topUpFloor) : null;
}

/** Coins that no waiting brings further: they pay nothing as they are, or the provider has said its last word of them. */
function isStuck({ role, providerStatus: status, unapplied }: ReceivedPayment): boolean {
  const isOurs = isDepositRole(role) && !isRefunded({ status });
  return isOurs && (!isZeroCoins(unapplied) || status === 'finished');
}

/** Coins that no top-up can complete: a person must look at them first. */
export function holdsStrangeCoins(
  { payCurrency }: Pick<Payable, 'payCurrency'>,
  payments: readonly RecordedPayment[],
): boolean {
  return payments.some((payment) => {
    return saysWrongAsset(payment.providerStatus) || (hasArrived(payment) && !sameCoin(payment.coin, payCurrency));
  });
}

/** A deposit in the order's coin that the provider shows us. An orphan, another coin, or a mere claim wants a person. */
function countsByItself({ payCurrency }: Payable, payment: ReceivedPayment): boolean {
  return isDeposit(payCurrency, payment) && !isUnread({ status: payment.providerStatus });
}

/** What was sent back is not there any more. */
function hasArrived({ arrived, providerStatus: status }: RecordedPayment): boolean {
  return !isZeroCoins(arrived) && !isRefunded({ status });
}
