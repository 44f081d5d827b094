import type { Reading } from '../../src/domain/facts/read-meaning.js';
import { legalSteps, type OrderStatus } from '../../src/domain/order.js';
import { newOrder, type OrderInMemory } from '../support/order-in-memory.js';
import { centsOf, factsOf } from './fact-lists.js';
import { take, type ModelFact, type Step } from './order-model.js';

const owed = 10_000; // hundredths
const closed = new Set<OrderStatus>(['paid', 'failed', 'cancelled']);
const legal = new Set(legalSteps().map(({ from, to, source }) => `${from} ${to} ${source}`));

/** What arrived by a reading, counted without our own arithmetic: right coin, `finished` or `partially_paid`. */
function arrivedCents({ bound, children }: Reading): number {
  return [bound, ...children]
    .filter((view) => view.payCurrency === 'usdttrc20' && ['finished', 'partially_paid'].includes(view.status))
    .reduce((sum, view) => sum + centsOf(view.actuallyPaid ?? '0'), 0);
}

/** Whether a reading by itself is enough to be paid: docs/contract.md, "Amounts and identity". */
function isEvidence(says: Reading, order: OrderInMemory): boolean {
  const { bound, children } = says;
  const alone = bound.status === 'finished' || children.some((view) => /^(finished|partially_paid)$/.test(view.status));
  const isSentBack = order.payments.get(bound.paymentId)?.providerStatus === 'refunded';
  return alone && (bound.priceAmount === '49' || isSentBack) && arrivedCents(says) * 100 >= owed * 99;
}

function checkStep(step: Step, order: OrderInMemory): void {
  const name = `${step.from} ${step.to} ${step.source}`;
  if (!legal.has(name)) throw new Error(`${name} is not a step of the table`);
  if (step.to === 'pending') throw new Error(`${step.event} went back to pending`);
  if (closed.has(step.from) && step.event !== 'honoured') throw new Error(`${step.event} left ${step.from}`);
  if (step.to !== 'paid' || step.event === 'honoured') return;
  if (step.says === null || !isEvidence(step.says, order)) throw new Error(`paid without evidence by ${step.event}`);
}

function checkMoney(order: OrderInMemory): void {
  let applied = 0;
  for (const payment of order.payments.values()) {
    const { arrived, applied: used, excess, unapplied, coin } = payment;
    const parts = centsOf(used) + centsOf(excess) + centsOf(unapplied);
    if (centsOf(arrived) !== parts) throw new Error(`${payment.paymentId}: ${arrived} arrived, ${parts} accounted for`);
    if (coin === 'usdttrc20') applied += centsOf(used);
    else if (centsOf(used) > 0 && !isHonoured(order)) throw new Error(`foreign coins applied: ${used} ${coin}`);
  }
  if (order.status === 'confirming' || isHonoured(order)) return; // coins on their way count as applied
  const most = order.status === 'paid' ? owed : 0;
  if (applied > most) throw new Error(`${order.status} with ${applied} applied`);
  if (order.status === 'paid' && !order.isWithdrawn && applied < owed * 0.99)
    throw new Error(`paid with ${applied} applied`);
}

/** Coins that no price absorbed have a case, and at most one that is open; a refund has one of its own. */
function checkCases(order: OrderInMemory): void {
  for (const { paymentId, unapplied, providerStatus } of order.payments.values()) {
    const cases = order.cases.filter((each) => each.paymentId === paymentId);
    if (centsOf(unapplied) > 0 && cases.length === 0) throw new Error(`${paymentId}: ${unapplied} without a case`);
    const open = cases.filter(({ isOpen }) => isOpen).map(({ kind }) => kind);
    if (open.filter((kind) => kind !== 'refunded').length > 1) throw new Error(`${paymentId}: ${open.join(', ')}`);
    const hasRefund = cases.some(({ kind }) => kind === 'refunded');
    if (hasRefund !== (providerStatus === 'refunded'))
      throw new Error(`${paymentId}: ${providerStatus}, ${open.join()}`);
  }
}

const isHonoured = (order: OrderInMemory) => order.timeline.some(({ event }) => event === 'honoured');

/** Every invariant after every fact. */
export function play(facts: readonly ModelFact[]): OrderInMemory {
  const order = newOrder();
  for (const fact of facts) {
    const step = take(order, fact);
    if (step) checkStep(step, order);
    checkMoney(order);
    checkCases(order);
  }
  if (order.timeline.filter(({ to }) => to === 'paid').length > 1) throw new Error('paid twice');
  return order;
}

/** Each reading at once a second time, and between them earlier ones that only showed coins on their way. */
function withRepeats(facts: readonly ModelFact[], repeats: Uint8Array): ModelFact[] {
  const older: ModelFact[] = [];
  return facts.flatMap((fact, at) => {
    const stale = older[(repeats[at % repeats.length] ?? 0) % Math.max(older.length, 1)];
    if (isEarlySign(fact)) older.push(fact);
    return [fact, ...(fact.kind === 'read' ? [fact] : []), ...(stale ? [stale] : [])];
  });
}

function isEarlySign(fact: ModelFact): boolean {
  if (fact.kind !== 'read') return false;
  const { bound, children } = fact.says;
  return [bound, ...children].every(({ status }) => /^(waiting|confirming|confirmed|sending)$/.test(status));
}

const moneyOf = (order: OrderInMemory) =>
  [...order.payments.values()]
    .map(({ paymentId, arrived, applied, excess, unapplied }) =>
      [paymentId, ...[arrived, applied, excess, unapplied].map(centsOf)].join(' '),
    )
    .sort();

/** Where an order ended, and where its coins are. */
function endOf(facts: readonly ModelFact[]): string {
  const order = play(facts);
  return [order.status, ...moneyOf(order)].join('; ');
}

function expectSame(facts: readonly ModelFact[], others: readonly ModelFact[], why: string): void {
  const [first, second] = [endOf(facts), endOf(others)];
  if (first !== second) throw new Error(`${why}: ${first} became ${second}`);
}

/** Readings that come twice, or again when they are stale, end in the same status and money. */
export function repeatsChangeNothing(bytes: Uint8Array, repeats: Uint8Array): void {
  const facts = factsOf(bytes);
  expectSame(facts, withRepeats(facts, repeats), 'told again');
}

/** The order's coin at the order's price: what else a payment says is a matter of its own, with a case. */
function isOrdinary(fact: ModelFact): boolean {
  if (fact.kind !== 'read') return false;
  const { bound, children } = fact.says;
  return bound.priceAmount === '49' && [bound, ...children].every((view) => view.payCurrency === 'usdttrc20');
}

/** Readings of coins on their way may come in any order before the one with the last word. */
export function orderOfSignsChangesNothing(bytes: Uint8Array, ranks: Uint8Array): void {
  const facts = factsOf(bytes).filter(isOrdinary);
  const signs = facts.filter(isEarlySign);
  const last = facts.slice(-1);
  const shuffled = signs
    .map((fact, at) => ({ fact, rank: ranks[at % ranks.length] ?? 0 }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ fact }) => fact);
  expectSame([...signs, ...last], [...shuffled, ...last], 'in another order');
}
