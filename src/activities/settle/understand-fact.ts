import { assertNever } from '../../domain/invariant.js';
import type { CoinAmount, Tolerance } from '../../domain/money.js';
import { decide, isClosed } from '../../domain/order.js';
import type { EventSource, OrderEvent } from '../../domain/order.js';
import { classifyPayment, unknownWord } from '../../domain/payment.js';
import type { Classification, Share } from '../../domain/payment.js';
import type { PaymentView } from '../../domain/payment-view.js';
import { isLate, isNews, lateShare, openShare, recordedStatus } from '../../domain/deposits.js';
import type { CaseKind } from '../../domain/support-case.js';
import type { Database } from '../../db/pool.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { PaymentRow } from '../../db/money/payments.js';
import type { Fact, ResolveFact } from '../../workflows/messages.js';
import { termsOf } from './bound-terms.js';
import type { OrderDependencies } from '../dependencies.js';
import { readEvidence } from '../evidence.js';
import { retryLater } from '../retry-later.js';
import { understandIpn } from './understand-ipn.js';
import { understandOperator } from './understand-operator.js';

/** One deposit as it is to be recorded. */
export interface Deposit {
  readonly view: PaymentView;
  readonly share: Share;
  readonly role: 'bound' | 'child' | 'second' | 'orphan';
  readonly late: boolean;
}

/** What a fact means for an order, before the table is asked. */
export interface Meaning {
  readonly event: OrderEvent;
  readonly source: EventSource;
  readonly detail: string | null;
  readonly alarm: string | null;
  readonly deposits: readonly Deposit[]; // what is news of the money; empty: nothing to record
  readonly caseKind: CaseKind | null; // a case that the event itself does not name
  readonly decision: ResolveFact | null;
  readonly completes: boolean; // late money, and with it the whole sum is there
  readonly lateQuote: CoinAmount | null; // what the price costs in the coin now that it came too late
  readonly note: string | null; // why nothing happened
}

export const nothingNew: Omit<Meaning, 'source'> = {
  event: 'nothing_new',
  detail: null,
  alarm: null,
  deposits: [],
  caseKind: null,
  decision: null,
  completes: false,
  lateQuote: null,
  note: null,
};

export interface Understanding {
  readonly deps: OrderDependencies;
  readonly db: Database;
  readonly order: OrderRow;
  readonly known: readonly PaymentRow[];
  readonly attempt: number;
  readonly tolerance: Tolerance; // by the account's policy
}

/** Turns a fact into an event with a name; asks the provider wherever money is concerned. */
export async function understandFact(situation: Understanding, fact: Fact): Promise<Meaning> {
  switch (fact.kind) {
    case 'ipn':
      return understandIpn(situation, fact.id);
    case 'poll':
      return understandRead(situation, 'poll');
    case 'reconcile':
      return understandRead(situation, 'reconcile');
    case 'window_closed':
    case 'partial_window_ended':
      return understandWindowEnd(situation, fact.kind);
    case 'slow_confirmation': {
      const slow = situation.order.status === 'confirming';
      return { ...nothingNew, source: 'expired', caseKind: slow ? 'slow_confirmation' : null };
    }
    case 'cancel':
      return { ...nothingNew, event: 'cancelled_by_owner', source: 'cancel' };
    case 'operator':
      return understandOperator(situation, fact);
    case 'resolve':
      return {
        ...nothingNew,
        event: fact.action === 'honour' ? 'honoured' : 'nothing_new',
        source: 'support',
        decision: fact,
      };
    default:
      return assertNever(fact);
  }
}

async function understandRead(situation: Understanding, source: 'poll' | 'reconcile'): Promise<Meaning> {
  const { deps, order, known } = situation;
  const priority = source === 'poll' ? 'decision' : 'reconcile';
  const evidence = await readEvidence(deps, order, known, { priority });
  if (evidence.kind === 'unavailable') throw retryLater('ProviderUnavailable', evidence.reason, evidence.retryAfterMs);
  return meaningOf(situation, evidence.bound, evidence.children, source);
}

const clockSkewMs = 30 * 60_000; // far beyond any skew, far before any sweep an operator would ask for

/**
 * The end of a window: one last read. Anything seen stops the expiry and is applied instead; without a usable answer the
 * order stays open and this step is tried again.
 */
async function understandWindowEnd(
  situation: Understanding,
  event: 'window_closed' | 'partial_window_ended',
): Promise<Meaning> {
  const { deps, db, order } = situation;
  const deadline = event === 'window_closed' ? order.expiresAt : order.partialUntil;
  const closing: Meaning = { ...nothingNew, event, source: 'expired' };
  if (decide(order.status, event).kind !== 'moved') return closing;
  const earlyMs = deadline === null ? 0 : Date.parse(deadline) - Date.parse(await deps.now(db));
  // The database's clock may be a little behind Temporal's: the same step then, not a second fact.
  if (earlyMs > 0 && earlyMs <= clockSkewMs) throw retryLater('WindowOpen', 'the window is still open', earlyMs);
  if (earlyMs > 0) return { ...nothingNew, source: 'expired', note: 'the window is still open' };
  if (order.payAddress === null) return closing;
  const seen = await understandRead(situation, 'poll').catch((failure: unknown) => {
    deps.alarms.raise('expiry_waits_for_provider', { orderId: order.id });
    throw failure;
  });
  return decide(order.status, seen.event).kind === 'moved' ? seen : { ...closing, deposits: seen.deposits };
}

/** The meaning of a full reading of the provider, for an open or a closed order. */
export function meaningOf(
  situation: Understanding,
  bound: PaymentView,
  children: readonly PaymentView[],
  source: EventSource,
): Meaning {
  const { order, known, tolerance } = situation;
  const views = [bound, ...children];
  if (!views.some((view) => isNews(knownOf(known, view), view))) {
    return { ...nothingNew, source, alarm: unknownWord(bound), note: 'the provider says nothing new' };
  }
  const classified = classifyPayment(termsOf(order), bound, children, tolerance);
  return isClosed(order.status)
    ? closedMeaning(situation, views, classified, source)
    : openMeaning(situation, views, classified, source);
}

function openMeaning(
  { order, known }: Understanding,
  views: readonly PaymentView[],
  classified: Classification,
  source: EventSource,
): Meaning {
  const { event, detail, alarm, shares } = classified;
  const deposits = views.map((view): Deposit => {
    const before = knownOf(known, view);
    const share = openShare(before, view, { status: order.status, event, shares });
    const role = view.paymentId === order.paymentId ? 'bound' : 'child';
    return { view: { ...view, status: recordedStatus(before, view) }, share, role, late: false };
  });
  return { ...nothingNew, event, source, detail, alarm, deposits };
}

/** On a closed order only more coins, or their first signs, are news: they are recorded as late. */
function closedMeaning(
  { order, known }: Understanding,
  views: readonly PaymentView[],
  classified: Classification,
  source: EventSource,
): Meaning {
  const deposits = views
    .filter((view) => isNews(knownOf(known, view), view))
    .map((view): Deposit => {
      const before = knownOf(known, view);
      return {
        view: { ...view, status: recordedStatus(before, view) },
        share: lateShare(before, view),
        role: view.paymentId === order.paymentId ? 'bound' : 'child',
        late: isLate(order.status, before, view),
      };
    });
  const event = deposits.some((deposit) => deposit.late)
    ? 'extra_deposit'
    : classified.event === 'payment_refunded'
      ? 'payment_refunded'
      : 'nothing_new';
  const completes = event === 'extra_deposit' && classified.event === 'payment_finished';
  return { ...nothingNew, event, source, detail: classified.detail, alarm: classified.alarm, deposits, completes };
}

export function knownOf(known: readonly PaymentRow[], view: PaymentView): PaymentRow | undefined {
  return known.find((row) => row.paymentId === view.paymentId);
}
