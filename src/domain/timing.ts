/** Spans in milliseconds. */
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The clocks of an order, in milliseconds. They reach workflows as input, never from the environment. */
export interface Clocks {
  readonly payWindowMs: number; // unpaid after this: failed, reason expired
  readonly pollGraceMs: number; // time for an IPN before we start asking
  readonly partialWindowMs: number; // a partial nobody tops up ends after this
  readonly lateWatchMs: number; // how long reconcile keeps reading a failed or cancelled order
  readonly slowConfirmationMs: number; // confirming this long opens a case
}

export const defaultClocks: Clocks = {
  payWindowMs: hour,
  pollGraceMs: 2 * minute,
  partialWindowMs: 7 * day,
  lateWatchMs: 7 * day,
  slowConfirmationMs: day,
};

/** After this nothing that was minted is read or watched any more: a window, its two partial windows, the late watch. */
export function longestPaymentMs({ payWindowMs, partialWindowMs, lateWatchMs }: Clocks): number {
  return payWindowMs + 2 * partialWindowMs + lateWatchMs;
}

/** How far apart two looks at an order that waits may be. */
export const longestPollWaitMs = 30 * minute;

export function isoAfter(iso: string, ms: number): string {
  return new Date(Date.parse(iso) + ms).toISOString();
}
