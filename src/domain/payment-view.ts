import type { PaymentId } from './ids.js';
import type { CoinAmount } from './money.js';

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
}

const onTheWay = ['waiting', 'confirming', 'confirmed', 'sending'];

/** waiting < confirming < confirmed < sending < any end; an unknown word ranks below all and never wins. */
export function providerRank(status: string): number {
  if (!(providerStatuses as readonly string[]).includes(status)) return -1;
  return onTheWay.includes(status) ? onTheWay.indexOf(status) : onTheWay.length;
}
