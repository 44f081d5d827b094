import { addCoins, defaultTolerance, zeroCoins, type CoinAmount } from '../../src/domain/money.js';
import type { KnownPayment, PaymentRole } from '../../src/domain/payments/deposits.js';
import type { Meaning, SeenPayment, Situation } from '../../src/domain/facts/meaning.js';
import { decide, type Decision, type EventSource, type OrderEvent, type OrderStatus } from '../../src/domain/order.js';
import type { CaseKind } from '../../src/domain/cases/support-case.js';
import { isoAfter } from '../../src/domain/timing.js';
import { casesAnsweredBy, casesNeeded } from '../../src/domain/cases/unusual-money.js';
import { terms } from './a-payment.js';

export interface StoredPayment extends KnownPayment {
  readonly role: PaymentRole;
  readonly coin: string | null;
  readonly isLate: boolean;
}

/** One line of the timeline. */
export interface Line {
  readonly from: OrderStatus;
  readonly to: OrderStatus;
  readonly event: OrderEvent;
  readonly source: EventSource;
  readonly at: string;
}

/** The rows of an order with a bound payment, in memory: what settling reads and writes, with the judgements of the domain. */
export interface OrderInMemory {
  status: OrderStatus;
  version: number;
  partialUntil: string | null;
  confirmingSince: string | null;
  readonly payments: Map<string, StoredPayment>;
  readonly openCases: Map<string, CaseKind>; // by payment; '' is about the order as a whole
  readonly timeline: Line[];
}

export function newOrder(): OrderInMemory {
  return {
    status: 'pending',
    version: 1,
    partialUntil: null,
    confirmingSince: null,
    payments: new Map([[terms.paymentId, mintedPayment]]),
    openCases: new Map(),
    timeline: [],
  };
}

const nothing = { arrived: zeroCoins, applied: zeroCoins, excess: zeroCoins, unapplied: zeroCoins };
const mintedPayment: StoredPayment = {
  ...nothing,
  paymentId: terms.paymentId,
  providerStatus: 'waiting',
  role: 'bound',
  coin: terms.payCurrency,
  isLate: false,
};

export function situationOf({ status, payments }: OrderInMemory): Situation {
  return { status, paymentId: terms.paymentId, terms, known: [...payments.values()], tolerance: defaultTolerance };
}

/** Writes what the table allows of a meaning. */
export function settle(
  order: OrderInMemory,
  meaning: Meaning,
  { at, partialWindowMs }: { at: string; partialWindowMs: number },
): Decision {
  const decision = decide(order.status, meaning.event);
  if (decision.kind === 'refused') return decision;
  const { payAddress, payCurrency } = terms;
  const needed = casesNeeded({ status: order.status, payAddress, payCurrency }, meaning, decision);
  if (decision.kind === 'moved') {
    const { from, to } = decision;
    order.status = to;
    order.version += 1;
    if (to === 'partial') order.partialUntil = isoAfter(at, partialWindowMs);
    if (to === 'confirming') order.confirmingSince = at;
    order.timeline.push({ from, to, event: meaning.event, source: meaning.source, at });
  }
  if (meaning.event === 'honoured') honour(order);
  for (const [key, kind] of order.openCases) if (casesAnsweredBy(decision).includes(kind)) order.openCases.delete(key);
  for (const seen of meaning.seen) record(order, seen);
  for (const { kind, payment } of needed) order.openCases.set(payment?.view.paymentId ?? terms.paymentId, kind);
  return decision;
}

function record(order: OrderInMemory, { view, share, role, late }: SeenPayment): void {
  const before = order.payments.get(view.paymentId);
  const { arrived, applied, excess, unapplied } = share;
  order.payments.set(view.paymentId, {
    paymentId: view.paymentId,
    providerStatus: view.status,
    arrived,
    applied,
    excess,
    unapplied,
    role: before?.role ?? role,
    coin: view.payCurrency ?? before?.coin ?? null,
    isLate: before?.isLate === true || late,
  });
}

/** The order is paid with whatever came. */
function honour(order: OrderInMemory): void {
  for (const [id, payment] of order.payments) {
    const applied: CoinAmount = addCoins(payment.applied, payment.unapplied);
    order.payments.set(id, { ...payment, applied, unapplied: zeroCoins });
  }
  order.openCases.clear();
}
