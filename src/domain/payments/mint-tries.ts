import { minute } from '../timing.js';

/** What became of one attempt to mint: the outcomes of a mint intent. */
export type MintOutcomeName = 'open' | 'bound' | 'refused' | 'not_sent' | 'absent' | 'unseen' | 'unusable';

export interface MintTry {
  readonly outcome: MintOutcomeName;
  readonly startedAt: string; // ISO
}

export type NextTry =
  | { readonly kind: 'now' }
  | { readonly kind: 'later'; readonly waitMs: number }
  | { readonly kind: 'give_up'; readonly tries: number };

const mostTries = 5;
const firstWaitMs = minute / 4;

/**
 * Whether the provider may be asked once more. Of a try that it took and gave nothing usable for a payment may exist that
 * nobody is shown, so there are five of those, each twice as far from the one before: a create that fails for good must
 * end with a word to somebody, not with a payment every half minute. What never reached the provider, or what it
 * refused for a reason that passes, costs nothing and does not count.
 */
export function nextTry(tries: readonly MintTry[], now: string): NextTry {
  const lost = tries.filter(({ outcome }) => isLost(outcome));
  const last = lost.at(-1);
  if (!last) return { kind: 'now' };
  if (lost.length >= mostTries) return { kind: 'give_up', tries: lost.length };
  const waitMs = Date.parse(last.startedAt) + firstWaitMs * 2 ** (lost.length - 1) - Date.parse(now);
  return waitMs > 0 ? { kind: 'later', waitMs } : { kind: 'now' };
}

/** The provider was asked, and no payment came of it that could be shown. */
function isLost(outcome: MintOutcomeName): boolean {
  return outcome === 'absent' || outcome === 'unseen' || outcome === 'unusable';
}
