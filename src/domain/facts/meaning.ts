import type { AlarmName } from '../alarms.js';
import type { BoundTerms } from '../payments/bound-terms.js';
import {
  assertBalanced,
  isLate,
  isNews,
  knownOf,
  lateShare,
  openShare,
  recordedStatus,
  type KnownPayment,
  type PaymentRole,
} from '../payments/deposits.js';
import type { Fact, ResolveFact } from './fact.js';
import type { PaymentId } from '../ids.js';
import { assert } from '../invariant.js';
import type { Tolerance } from '../money.js';
import { decide, isClosed, type EventSource, type OrderEvent, type OrderStatus } from '../order.js';
import { classifyPayment, hasCoins, unknownWord, type Classification, type Share } from '../payments/payment.js';
import type { PaymentView } from '../payments/payment-view.js';
import type { CaseKind } from '../cases/support-case.js';
import type { Unread } from './unreadable.js';

/** What of an order a fact is judged by. */
export interface Situation {
  readonly status: OrderStatus;
  readonly paymentId: PaymentId | null; // the bound one
  readonly terms: BoundTerms | null; // null: no address is bound
  readonly known: readonly KnownPayment[];
  readonly tolerance: Tolerance; // by the account's policy
}

/** A full reading of the provider: the bound payment and each of its re-deposits. */
export interface Reading {
  readonly bound: PaymentView;
  readonly children: readonly PaymentView[];
}

/** One payment as it is to be recorded. */
export interface SeenPayment {
  readonly view: PaymentView;
  readonly share: Share;
  readonly role: PaymentRole;
  readonly late: boolean;
}

/** What a fact means for an order, before the table is asked. */
export interface Meaning {
  readonly event: OrderEvent;
  readonly source: EventSource;
  readonly detail: string | null;
  readonly alarm: AlarmName | null;
  readonly seen: readonly SeenPayment[]; // what is news of the money; empty: nothing to record
  readonly caseKind: CaseKind | null; // a case that the event itself does not name
  readonly resolution: ResolveFact | null; // a person's, or a policy's, word on a case
  readonly completes: boolean; // late money, and with it the whole sum is there
  readonly note: string | null; // why nothing happened
  readonly unread: Unread | null; // given up without a read
}

/** Nothing happened, and `note` says why. */
export function nothingNew(source: EventSource, note: string | null = null): Meaning {
  return {
    event: 'nothing_new',
    source,
    detail: null,
    alarm: null,
    seen: [],
    caseKind: null,
    resolution: null,
    completes: false,
    note,
    unread: null,
  };
}

/** Facts that mean the same whatever the provider says. */
export type PlainFact = Extract<Fact, { kind: 'cancel' | 'resolve' | 'slow_confirmation' }>;

export function plainMeaning(status: OrderStatus, fact: PlainFact): Meaning {
  switch (fact.kind) {
    case 'cancel':
      return { ...nothingNew('cancel'), event: 'cancelled_by_owner' };
    case 'resolve':
      return {
        ...nothingNew('support'),
        event: fact.action === 'honour' ? 'honoured' : 'nothing_new',
        resolution: fact,
      };
    case 'slow_confirmation':
      return { ...nothingNew('expired'), caseKind: status === 'confirming' ? 'slow_confirmation' : null };
  }
}

/** What a reading means, for an open or a closed order. Only for an order with a bound address. */
export function readMeaning(situation: Situation, { bound, children }: Reading, source: EventSource): Meaning {
  const views = [bound, ...children];
  if (!views.some((view) => isNews(knownOf(situation.known, view), view))) {
    return { ...nothingNew(source, 'the provider says nothing new'), alarm: unknownWord(bound) };
  }
  const classified = classifyPayment(boundTerms(situation), bound, children, situation.tolerance);
  const meaning = isClosed(situation.status)
    ? closedMeaning(situation, views, classified)
    : openMeaning(situation, views, classified);
  for (const { share } of meaning.seen) assertBalanced(share);
  return { ...nothingNew(source), detail: classified.detail, alarm: classified.alarm, ...meaning };
}

function openMeaning(situation: Situation, views: readonly PaymentView[], { event, shares }: Classification) {
  const { known, status } = situation;
  const seen = views.map((view) => {
    const share = openShare(knownOf(known, view), view, { status, event, shares });
    return seenPayment(situation, view, { share, late: false });
  });
  return { event, seen };
}

/** On a closed order only more coins, or their first signs, are news: they are recorded as late. */
function closedMeaning(situation: Situation, views: readonly PaymentView[], classified: Classification) {
  const { known, status } = situation;
  const seen = views
    .filter((view) => isNews(knownOf(known, view), view))
    .map((view) => {
      const before = knownOf(known, view);
      return seenPayment(situation, view, { share: lateShare(before, view), late: isLate(status, before, view) });
    });
  const isRefund = classified.event === 'payment_refunded';
  const event = seen.some(({ late }) => late) ? 'extra_deposit' : isRefund ? 'payment_refunded' : 'nothing_new';
  const completes = event === 'extra_deposit' && classified.event === 'payment_finished';
  return { event, seen, completes } as const;
}

function seenPayment(
  { known, paymentId }: Situation,
  view: PaymentView,
  { share, late }: Pick<SeenPayment, 'share' | 'late'>,
): SeenPayment {
  const status = recordedStatus(knownOf(known, view), view);
  return { view: { ...view, status }, share, role: view.paymentId === paymentId ? 'bound' : 'child', late };
}

/**
 * The end of a window, with the last reading of the provider: what was seen stops the end and is applied instead, if it
 * moves the order; else the window closes. `seen` null: there never was an address, so nobody is told that he was late.
 */
export function windowEndMeaning(
  status: OrderStatus,
  event: 'window_closed' | 'partial_window_ended',
  seen: Meaning | null,
): Meaning {
  const isUnmintable = seen === null && event === 'window_closed';
  const closing: Meaning = { ...nothingNew(isUnmintable ? 'mint_failed' : 'expired'), event };
  if (seen === null) return closing;
  return decide(status, seen.event).kind === 'moved' ? seen : { ...closing, seen: seen.seen };
}

/** Whether a signed IPN that could not be checked by a read may be believed at all: only of the bound payment, while open. */
export function isUsableUnread({ status, paymentId }: Situation, ipn: PaymentView): boolean {
  return ipn.paymentId === paymentId && !isClosed(status);
}

/**
 * The provider cannot be asked: a signed IPN alone may show that money is on its way, short, or gone, never that it is
 * paid. Nothing is put on record as money: the next read does that.
 */
export function unreadMeaning(situation: Situation, ipn: PaymentView): Meaning {
  const { event, detail, alarm } = classifyPayment(boundTerms(situation), ipn, [], situation.tolerance);
  return { ...nothingNew('ipn', 'believed without a read'), event: neverPaid(event), detail, alarm };
}

function neverPaid(event: OrderEvent): OrderEvent {
  return event === 'payment_finished' || event === 'overpaid' || event === 'amount_mismatch' ? 'payment_seen' : event;
}

export const strangePayment = 'ipn_payment_id_mismatch';

/**
 * A payment that names our order and is no deposit of it: recorded, and a case when coins came. `read` null: the provider
 * does not show it to us, or says that it is another order's.
 */
export function strangerMeaning({ status, known }: Situation, read: PaymentView | null): Meaning {
  if (read === null || !isNews(knownOf(known, read), read)) {
    return { ...nothingNew('ipn', 'a payment that is not ours'), alarm: strangePayment };
  }
  const late = isClosed(status) && hasCoins(read);
  const share = lateShare(knownOf(known, read), read);
  assertBalanced(share);
  const role = status === 'paid' ? 'second' : 'orphan';
  return {
    ...nothingNew('ipn'),
    event: late ? 'extra_deposit' : 'nothing_new',
    alarm: strangePayment,
    seen: [{ view: read, share, role, late }],
  };
}

function boundTerms({ terms }: Situation): BoundTerms {
  assert(terms, 'a payment is judged that is not bound');
  return terms;
}
