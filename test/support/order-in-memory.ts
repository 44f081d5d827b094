import { addCoins, defaultTolerance, zeroCoins, type CoinAmount } from '../../src/domain/money.js';
import type { KnownPayment, PaymentRole } from '../../src/domain/payments/deposits.js';
import type { Meaning, Situation } from '../../src/domain/facts/meaning.js';
import type { SeenPayment } from '../../src/domain/facts/seen-payment.js';
import { decide, type Decision, type EventSource, type OrderEvent, type OrderStatus } from '../../src/domain/order.js';
import { joinsCaseOfCoins, ownSubjects, type CaseKind } from '../../src/domain/cases/support-case.js';
import { isoAfter } from '../../src/domain/timing.js';
import { answerForCoins, casesAnsweredBy, casesNeeded, type NeededCase } from '../../src/domain/cases/unusual-money.js';
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

export interface CaseInMemory {
  readonly kind: CaseKind;
  readonly paymentId: string;
  amount: CoinAmount | null;
  lines: number;
  isOpen: boolean;
}

/** The rows of an order with a bound payment, in memory: what settling reads and writes, with the judgements of the domain. */
export interface OrderInMemory {
  status: OrderStatus;
  version: number;
  partialUntil: string | null;
  confirmingSince: string | null;
  topUpFloor: CoinAmount | null; // as the provider would say it when a top-up is asked for
  readonly payments: Map<string, StoredPayment>;
  readonly cases: CaseInMemory[];
  isWithdrawn: boolean; // the entitlement
  readonly timeline: Line[];
}

export function newOrder(): OrderInMemory {
  return {
    status: 'pending',
    version: 1,
    partialUntil: null,
    confirmingSince: null,
    topUpFloor: null,
    payments: new Map([[terms.paymentId, mintedPayment]]),
    cases: [],
    isWithdrawn: false,
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

export function situationOf({ status, payments, topUpFloor }: OrderInMemory): Situation {
  return {
    status,
    paymentId: terms.paymentId,
    terms: { ...terms, topUpFloor },
    known: [...payments.values()],
    declined: new Set(),
    tolerance: defaultTolerance,
  };
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
  if (meaning.event === 'declined') unapply(order);
  if (decision.move.withdraws) order.isWithdrawn = true;
  if (meaning.restores) order.isWithdrawn = false;
  if (meaning.extendsWindow) order.partialUntil = isoAfter(at, partialWindowMs);
  closeCases(order, ({ kind }) => casesAnsweredBy(decision).includes(kind));
  for (const seen of meaning.seen) {
    record(order, seen);
    if (answerForCoins({ status: decision.from }, seen) === null) continue;
    closeCases(order, (each) => each.paymentId === seen.view.paymentId && isAboutCoins(each.kind));
  }
  for (const each of needed) keepCase(order, each);
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

function closeCases(order: OrderInMemory, wanted: (each: CaseInMemory) => boolean): void {
  for (const each of order.cases) if (each.isOpen && wanted(each)) each.isOpen = false;
}

/** As the database keeps them: one open case a subject, which keeps its kind. */
function keepCase(order: OrderInMemory, { kind, payment, isNew }: NeededCase): void {
  const paymentId = payment?.view.paymentId ?? terms.paymentId;
  const amount = payment?.share.arrived ?? null;
  const subjects = [subjectOf(kind), ...(joinsCaseOfCoins(kind) ? ['coins'] : [])];
  const open = order.cases.find(
    (each) => each.isOpen && each.paymentId === paymentId && subjects.includes(subjectOf(each.kind)),
  );
  if (open) {
    open.lines += 1;
    open.amount = amount ?? open.amount;
  } else if (isNew) order.cases.push({ kind, paymentId, amount, lines: 1, isOpen: true });
}

const subjectOf = (kind: CaseKind) => (isAboutCoins(kind) ? 'coins' : kind);
const isAboutCoins = (kind: CaseKind) => !(ownSubjects as readonly CaseKind[]).includes(kind);

/** The order ends without what came. */
function unapply(order: OrderInMemory): void {
  for (const [id, payment] of order.payments) {
    order.payments.set(id, { ...payment, applied: zeroCoins, excess: zeroCoins, unapplied: payment.arrived });
    const hasCase = order.cases.some(({ paymentId, kind }) => paymentId === id && isAboutCoins(kind));
    if (hasCase || payment.arrived === zeroCoins) continue;
    order.cases.push({ kind: 'late_payment', paymentId: id, amount: payment.arrived, lines: 1, isOpen: true });
  }
}

/** The order is paid with whatever came and is still there. */
function honour(order: OrderInMemory): void {
  for (const [id, payment] of order.payments) {
    if (payment.providerStatus === 'refunded') continue;
    const applied: CoinAmount = addCoins(payment.applied, payment.unapplied);
    order.payments.set(id, { ...payment, applied, unapplied: zeroCoins });
  }
  closeCases(order, () => true);
}
