import { Big } from 'big.js';
import type { Price } from '../currency.js';
import type { CoinAmount, Tolerance } from '../money.js';
import type { FailedReason } from '../failed-reason.js';
import type { OrderStatus } from '../order.js';
import { minute } from '../timing.js';

/** How an account wants unusual money judged; null leaves a rule to the installation. */
export interface Policy {
  readonly tolerancePercent: string | null; // how much may be missing, or be too much, and still be the price
  readonly toleranceCapCents: number | null; // and never more of it than this, in minor units of the price
  readonly overpaid: 'case' | 'keep'; // beyond the tolerance: ask a person, or take it without asking
  readonly late: LateRule | null; // null: late money is always a case
  readonly partialWindowMinutes: number | null;
}

/** Money after the end of the window is taken when it comes soon enough and the coin's rate has hardly moved. */
export interface LateRule {
  readonly withinMinutes: number;
  readonly rateBandPercent: string;
}

export const defaultPolicy: Policy = {
  tolerancePercent: null,
  toleranceCapCents: null,
  overpaid: 'case',
  late: null,
  partialWindowMinutes: null,
};

/** A fraction as a percentage: 0.01 is `1`. */
export function percentText(fraction: string): string {
  return new Big(fraction).times(100).toFixed();
}

const boundless = '1000000'; // a million times the price: nothing a payer sends is beyond it

/** The tolerance for one price: the percentage, or what the cap leaves of it, as fractions of what is owed. */
export function toleranceOf(policy: Policy, price: Price, installation: Tolerance): Tolerance {
  const { tolerancePercent: percent, toleranceCapCents: cap, overpaid } = policy;
  const within = (preset: string) => {
    const share = percent === null ? new Big(preset) : new Big(percent).div(100);
    if (cap === null) return share.toFixed();
    const capped = new Big(cap).div(price.cents); // at the quoted rate a share of the price is that share of the coins
    return (capped.lt(share) ? capped.round(12, Big.roundDown) : share).toFixed();
  };
  return { under: within(installation.under), over: overpaid === 'keep' ? boundless : within(installation.over) };
}

/** How long a partial order waits for the rest. */
export function partialWindowMs(policy: Policy, installationMs: number): number {
  return policy.partialWindowMinutes === null ? installationMs : policy.partialWindowMinutes * minute;
}

/** An order that its window closed, and the whole sum that came afterwards. */
export interface LateMoney {
  readonly status: OrderStatus;
  readonly failedReason: FailedReason | null;
  readonly closedAt: string | null;
  readonly lateAt: string; // when its first sign was seen
  readonly owed: CoinAmount;
  readonly quoteNow: CoinAmount | null; // what the price costs in the same coin now; null: the provider did not say
}

export type LateVerdict =
  | { readonly kind: 'accepted'; readonly minutes: number; readonly drift: string }
  | { readonly kind: 'refused'; readonly why: string };

/** Whether late money may be taken without a person. Only for an expired order: a cancelled one was not wanted any more. */
export function judgeLate(policy: Policy, money: LateMoney): LateVerdict {
  const { late } = policy;
  if (late === null) return refused('the policy takes no late money');
  if (money.status !== 'failed' || money.failedReason !== 'expired' || money.closedAt === null) {
    return refused('the order did not expire');
  }
  const lateMs = Math.max(0, Date.parse(money.lateAt) - Date.parse(money.closedAt));
  if (lateMs > late.withinMinutes * minute) return refused(`more than ${late.withinMinutes} minutes late`);
  if (money.quoteNow === null) return refused('the rate is not known');
  const drift = new Big(money.quoteNow).minus(money.owed).abs().div(money.owed).times(100);
  if (drift.gt(late.rateBandPercent)) return refused(`the rate moved by more than ${late.rateBandPercent} %`);
  return { kind: 'accepted', minutes: Math.floor(lateMs / minute), drift: drift.round(4, Big.roundUp).toFixed() };
}

function refused(why: string): LateVerdict {
  return { kind: 'refused', why };
}
