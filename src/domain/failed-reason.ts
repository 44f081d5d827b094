import type { EventSource, OrderEvent } from './order.js';

export const failedReasons = ['expired', 'ipn', 'mint_failed', 'declined'] as const;
export type FailedReason = (typeof failedReasons)[number];

/** `declined`: support did not take what came. `ipn`: the provider gave the payment up, whoever told us. */
export function failedReasonOf(source: EventSource, event: OrderEvent): FailedReason {
  if (event === 'declined') return 'declined';
  return source === 'expired' || source === 'mint_failed' ? source : 'ipn';
}
