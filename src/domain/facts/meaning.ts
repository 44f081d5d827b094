import type { AlarmName } from '../alarms.js';
import type { BoundTerms } from '../payments/bound-terms.js';
import type { OfferChange } from '../payments/offer.js';
import type { KnownPayment } from '../payments/deposits.js';
import type { Fact, ResolveFact } from './fact.js';
import type { PaymentId } from '../ids.js';
import { assert } from '../invariant.js';
import type { Tolerance } from '../money.js';
import type { EventSource, OrderEvent, OrderStatus } from '../order.js';
import { endsByDeclining, type CaseKind } from '../cases/support-case.js';
import type { SeenPayment } from './seen-payment.js';
import type { Unread } from './unreadable.js';

/** What of an order a fact is judged by. */
export interface Situation {
  readonly status: OrderStatus;
  readonly paymentId: PaymentId | null; // the bound one
  readonly terms: BoundTerms | null; // null: no address is bound
  readonly known: readonly KnownPayment[];
  readonly declined: ReadonlySet<string>; // payments whose coins a person declined: they go back, and pay nothing
  readonly tolerance: Tolerance; // by the account's policy
}

/** What the order was promised; only for one with a bound address. */
export function boundTerms({ terms }: Situation): BoundTerms {
  assert(terms, 'a payment is judged that is not bound');
  return terms;
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
  readonly isMoneyComing: boolean; // some of the order's money is seen and still on its way
  readonly extendsWindow: boolean; // so its partial window does not end yet
  readonly restores: boolean; // coins that stand fill the price of a paid order again, after others were sent back
  readonly completes: boolean; // late money, and with it the whole sum is there
  readonly note: string | null; // why nothing happened
  readonly unread: Unread | null; // given up without a read
  readonly offer: OfferChange | null; // another coin stands from now on
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
    isMoneyComing: false,
    extendsWindow: false,
    restores: false,
    completes: false,
    note,
    unread: null,
    offer: null,
  };
}

/** Facts that mean the same whatever the provider says. */
export type PlainFact = Extract<Fact, { kind: 'cancel' | 'slow_confirmation' }>;

export function plainMeaning(status: OrderStatus, fact: PlainFact): Meaning {
  switch (fact.kind) {
    case 'cancel':
      return { ...nothingNew('cancel'), event: 'cancelled_by_owner' };
    case 'slow_confirmation':
      return { ...nothingNew('expired'), caseKind: status === 'confirming' ? 'slow_confirmation' : null };
  }
}

/** A person's, or a policy's, word on a case of that kind; null: there is no such case. */
export function decisionMeaning(status: OrderStatus, fact: ResolveFact, kind: CaseKind | null): Meaning {
  const said: Meaning = { ...nothingNew('support'), resolution: fact };
  switch (fact.action) {
    case 'honour':
      return { ...said, event: 'honoured' };
    case 'decline':
      return { ...said, event: kind !== null && endsByDeclining(kind, status) ? 'declined' : 'nothing_new' };
    case 'note':
      return said;
  }
}
