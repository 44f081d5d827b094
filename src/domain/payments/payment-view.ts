import type { PaymentId } from '../ids.js';
import type { CoinAmount } from '../money.js';

/** The provider's words that we act on. Any other word is recorded and raises an alarm, nothing else. */
export const providerStatuses = [
  'waiting',
  'confirming',
  'confirmed',
  'sending',
  'finished',
  'partially_paid',
  'failed',
  'expired',
  'wrong_asset_confirmed',
  'refunded',
] as const;

/** One payment as the provider reports it: parsed by the gateway, amounts as decimal text, codes in lower case. */
export interface PaymentView {
  readonly paymentId: PaymentId;
  readonly parentPaymentId: PaymentId | null;
  readonly extraIds: readonly PaymentId[]; // re-deposits the provider names
  readonly status: string; // the provider's word, as sent
  readonly orderId: string | null;
  readonly priceAmount: CoinAmount | null;
  readonly priceCurrency: string | null;
  readonly payAmount: CoinAmount | null;
  readonly payCurrency: string | null;
  readonly actuallyPaid: CoinAmount | null;
  readonly payAddress: string | null;
  readonly payExtraId: string | null;
  readonly updatedAtMs: number | null;
  readonly transactionHash: string | null; // of the transfer that brought its coins; null: not told
}

const onTheWay = ['confirming', 'confirmed', 'sending'];
const beforeAnEnd = ['waiting', ...onTheWay];

/** A re-deposit known from a signed IPN only: shown and counted for the case, never for a grant. */
export const unreadStatus = 'unread';

/** Whether only a signed notice tells of a payment, and the provider does not show it to us. */
export function isUnread({ status }: Pick<PaymentView, 'status'>): boolean {
  return status === unreadStatus;
}

/** Whether the provider has seen coins that still need confirmations or its own steps. */
export function isOnTheWay(status: string): boolean {
  return onTheWay.includes(status);
}

/** waiting < confirming < confirmed < sending < any end < refunded; an unknown word ranks below all and never wins. */
export function providerRank(status: string): number {
  if (!isKnownWord(status)) return -1;
  if (isRefunded({ status })) return beforeAnEnd.length + 1; // may follow any end, and nothing follows it
  return beforeAnEnd.includes(status) ? beforeAnEnd.indexOf(status) : beforeAnEnd.length;
}

/** Whether a word, in this spelling, is one that we act on. */
export function isKnownWord(status: string): boolean {
  return (providerStatuses as readonly string[]).includes(status);
}

/** Whether the provider sent a payment's coins back: they are on record, and pay nothing any more. */
export function isRefunded({ status }: Pick<PaymentView, 'status'>): boolean {
  return status === 'refunded';
}

/** Whether a payment's coins are none of the order's coin, by its code or by the provider's word. */
export function isForeign({ status, payCurrency }: Pick<PaymentView, 'status' | 'payCurrency'>, coin: string | null) {
  return saysWrongAsset(status) || !sameCoin(payCurrency, coin);
}

/** The provider itself says that another asset came, whatever code the payment still shows. */
export function saysWrongAsset(status: string): boolean {
  return status === 'wrong_asset_confirmed';
}

/** Whether a signed IPN says more than our read of the same payment: the read lags, and is worth repeating. */
export function isAheadOf(ipn: PaymentView, read: PaymentView): boolean {
  return !isUnread(read) && providerRank(ipn.status) > providerRank(read.status);
}

/** Of several notices of one payment, oldest first, the one with the word of the highest rank; the later of two equals. */
export function mostTelling<Notice extends { readonly paymentStatus: string | null }>(
  notices: readonly Notice[],
): Notice {
  const rankOf = ({ paymentStatus }: Notice) => providerRank(paymentStatus ?? '');
  return notices.reduce((best, next) => (rankOf(next) >= rankOf(best) ? next : best));
}

/** Codes of coins count without their case; no coin is the same as no coin. */
export function sameCoin(a: string | null, b: string | null): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
