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
export type ProviderStatus = (typeof providerStatuses)[number];

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

const ranks: Record<string, number> = { waiting: 0, confirming: 1, confirmed: 2, sending: 3 };

/** waiting < confirming < confirmed < sending < any end; an unknown word ranks below all and never wins. */
export function providerRank(status: string): number {
  if (status in ranks) return ranks[status] ?? -1;
  return (providerStatuses as readonly string[]).includes(status) ? 4 : -1;
}
