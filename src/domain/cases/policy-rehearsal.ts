import { arrivedFor, isDeposit, type PaymentRole } from '../payments/deposits.js';
import { isZeroCoins, weigh, type CoinAmount, type Tolerance } from '../money.js';
import type { OrderStatus } from '../order.js';
import { judgeLate, partialWindowMs, toleranceOf, type Policy } from './policy.js';
import { isoAfter } from '../timing.js';

/** A deposit of a past order, as it is on record. */
export interface PastDeposit {
  readonly role: PaymentRole;
  readonly providerStatus: string;
  readonly coin: string | null;
  readonly arrived: CoinAmount;
  readonly seenAt: string;
  readonly lateAt: string | null;
  readonly lateQuote: CoinAmount | null;
}

/** A past order with money, without what people decided about it. */
export interface PastOrder {
  readonly orderId: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly status: OrderStatus;
  readonly expiresAt: string;
  readonly partialAt: string | null;
  readonly endedAt: string | null; // failed or cancelled for the first time
  readonly endedBy: 'expired' | 'ipn' | 'cancelled' | null;
  readonly paidAt: string | null;
  readonly payCurrency: string | null;
  readonly payAmount: CoinAmount | null;
  readonly deposits: readonly PastDeposit[];
}

export const rehearsedOutcomes = ['paid', 'paid_late', 'partial', 'late', 'unclear', 'unpaid'] as const;
/**
 * What a policy alone makes of an order: `paid_late` without a person; `late` and `partial` are left to one, `unclear`
 * (another coin, a stray payment) to one under any policy.
 */
export type RehearsedOutcome = (typeof rehearsedOutcomes)[number];

export interface Rehearsed {
  readonly outcome: RehearsedOutcome;
  readonly overpaid: boolean; // a case for the excess
  readonly why: string | null; // for `late`: why it is not taken
}

export interface Installation {
  readonly tolerance: Tolerance;
  readonly partialWindowMs: number;
}

/** What the policy would have made of an order's money, by the record of its deposits. */
export function rehearse(policy: Policy, order: PastOrder, installation: Installation): Rehearsed {
  const price = { cents: order.priceCents, currency: order.priceCurrency };
  const ours = order.deposits.filter((deposit) => isDeposit(order.payCurrency, deposit) && !isSecond(order, deposit));
  const counted = ours.filter((deposit) => ['finished', 'partially_paid'].includes(deposit.providerStatus));
  if (order.payAmount === null || counted.length === 0) {
    const strange = order.deposits.some(
      (deposit) => !isZeroCoins(deposit.arrived) && !isDeposit(order.payCurrency, deposit),
    );
    return { outcome: strange ? 'unclear' : 'unpaid', overpaid: false, why: null };
  }
  const tolerance = toleranceOf(policy, price, installation.tolerance);
  const windowMs = partialWindowMs(policy, installation.partialWindowMs);
  const inTime = counted.filter((deposit) => isInTime(order, deposit, windowMs));
  const weight = weightOf(order, inTime, order.payAmount, tolerance);
  if (weight !== 'short') return { outcome: 'paid', overpaid: weight === 'over', why: null };
  const late = counted.filter((deposit) => !inTime.includes(deposit));
  if (late.length === 0) return { outcome: 'partial', overpaid: false, why: null };
  return lateOutcome(policy, order, { counted, late, owed: order.payAmount, tolerance, windowMs });
}

function lateOutcome(
  policy: Policy,
  order: PastOrder,
  money: { counted: PastDeposit[]; late: PastDeposit[]; owed: CoinAmount; tolerance: Tolerance; windowMs: number },
): Rehearsed {
  const { counted, late, owed, tolerance } = money;
  const left = (why: string): Rehearsed => ({ outcome: 'late', overpaid: false, why });
  const weight = weightOf(order, counted, owed, tolerance);
  if (weight === 'short') return left('less than the price');
  if (weight === 'over') return left('more than the price');
  const verdict = judgeLate(policy, {
    status: order.endedBy === 'cancelled' ? 'cancelled' : 'failed',
    failedReason: order.endedBy === 'ipn' ? 'ipn' : 'expired',
    closedAt: order.partialAt === null ? (order.endedAt ?? order.expiresAt) : isoAfter(order.partialAt, money.windowMs),
    lateAt: late.map(arrivalOf).reduce((a, b) => (a < b ? a : b)),
    owed,
    quoteNow: late.map(({ lateQuote }) => lateQuote).findLast((quote) => quote !== null) ?? null,
  });
  return verdict.kind === 'accepted' ? { outcome: 'paid_late', overpaid: false, why: null } : left(verdict.why);
}

/** What came after the order was paid pays nothing, under any policy. Late money that a policy took came at that instant. */
function isSecond({ paidAt }: PastOrder, { lateAt }: PastDeposit): boolean {
  return paidAt !== null && lateAt !== null && lateAt > paidAt;
}

/** Before the order closed; for one that became partial, within the window that the policy gives it. */
function isInTime(order: PastOrder, deposit: PastDeposit, windowMs: number): boolean {
  if (order.partialAt === null || deposit.role === 'bound') return deposit.lateAt === null;
  return arrivalOf(deposit) <= isoAfter(order.partialAt, windowMs);
}

function arrivalOf({ lateAt, seenAt }: PastDeposit): string {
  return lateAt ?? seenAt;
}

/** A lone `partially_paid` never grants, whatever its sum. */
function weightOf(
  { payCurrency }: PastOrder,
  deposits: readonly PastDeposit[],
  owed: CoinAmount,
  tolerance: Tolerance,
) {
  const decides = deposits.some(({ role, providerStatus }) => role === 'child' || providerStatus === 'finished');
  return decides ? weigh(arrivedFor(payCurrency, deposits), owed, tolerance) : 'short';
}
