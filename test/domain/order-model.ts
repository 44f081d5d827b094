import { meaningOf } from '../../src/activities/settle/understand-fact.js';
import type { Deposit, Meaning, Understanding } from '../../src/activities/settle/understand-fact.js';
import type { PaymentRow } from '../../src/db/money/payments.js';
import { defaultTolerance, zeroCoins } from '../../src/domain/money.js';
import { decide } from '../../src/domain/order.js';
import type { Decision, EventSource, OrderEvent, OrderStatus } from '../../src/domain/order.js';
import type { PaymentView } from '../../src/domain/payment-view.js';
import { addCoins } from '../../src/domain/money.js';
import { terms } from '../support/a-payment.js';

/** What the provider says of a payment and its re-deposits at one moment. */
export interface Snapshot {
  readonly bound: PaymentView;
  readonly children: readonly PaymentView[];
}

export type ModelFact =
  | { readonly kind: 'read'; readonly source: 'ipn' | 'poll' | 'reconcile'; readonly says: Snapshot }
  | { readonly kind: 'window_closed' | 'partial_window_ended'; readonly says: Snapshot }
  | { readonly kind: 'cancelled_by_owner' | 'honoured' };

/** One line of the timeline, with the reading that led to it. */
export interface Step {
  readonly from: OrderStatus;
  readonly to: OrderStatus;
  readonly event: OrderEvent;
  readonly source: EventSource;
  readonly says: Snapshot | null;
}

/** An order's rows in memory: what settle-order reads and writes, without a database. */
export interface ModelOrder {
  status: OrderStatus;
  readonly payments: Map<string, PaymentRow>;
  readonly timeline: Step[];
}

export function newOrder(): ModelOrder {
  const order: ModelOrder = { status: 'pending', payments: new Map(), timeline: [] };
  record(order, {
    view: { paymentId: terms.paymentId, status: 'waiting', parentPaymentId: null, payCurrency: terms.payCurrency },
    share: { arrived: zeroCoins, applied: zeroCoins, excess: zeroCoins, unapplied: zeroCoins },
    role: 'bound',
    late: false,
  } as Deposit); // the mint's own record: nothing else of the view is stored
  return order;
}

/** One fact, in the steps of settle-order: understand, decide by the table, write. */
export function settle(order: ModelOrder, fact: ModelFact): Decision {
  const meaning = understand(order, fact);
  const decision = decide(order.status, meaning.event);
  if (decision.kind === 'refused') return decision;
  if (decision.kind === 'moved') {
    const { event, source } = meaning;
    order.timeline.push({
      from: order.status,
      to: decision.to,
      event,
      source,
      says: 'says' in fact ? fact.says : null,
    });
    order.status = decision.to;
  }
  if (meaning.event === 'honoured') applyUnapplied(order);
  for (const deposit of meaning.deposits) record(order, deposit);
  return decision;
}

type Understood = Pick<Meaning, 'event' | 'source' | 'deposits'>;

function understand(order: ModelOrder, fact: ModelFact): Understood {
  switch (fact.kind) {
    case 'read':
      return read(order, fact.says, fact.source);
    case 'window_closed':
    case 'partial_window_ended': {
      const closing: Understood = { event: fact.kind, source: 'expired', deposits: [] };
      if (decide(order.status, fact.kind).kind !== 'moved') return closing;
      const seen = read(order, fact.says, 'poll');
      return decide(order.status, seen.event).kind === 'moved' ? seen : { ...closing, deposits: seen.deposits };
    }
    case 'cancelled_by_owner':
      return { event: fact.kind, source: 'cancel', deposits: [] };
    case 'honoured':
      return { event: fact.kind, source: 'support', deposits: [] };
  }
}

function read(order: ModelOrder, says: Snapshot, source: EventSource): Understood {
  const row = {
    id: terms.orderId,
    status: order.status,
    priceCents: terms.price.cents,
    priceCurrency: terms.price.currency,
    paymentId: terms.paymentId,
    payCurrency: terms.payCurrency,
    payAmount: terms.payAmount,
    payAddress: terms.payAddress,
  };
  const tolerance = defaultTolerance;
  const situation = { deps: { tolerance }, tolerance, order: row, known: [...order.payments.values()] };
  return meaningOf(situation as unknown as Understanding, says.bound, says.children, source); // all that it looks at
}

function record(order: ModelOrder, { view, share, role, late }: Deposit): void {
  const before = order.payments.get(view.paymentId);
  order.payments.set(view.paymentId, {
    ...share,
    paymentId: view.paymentId,
    role: before?.role ?? role,
    providerStatus: view.status,
    coin: view.payCurrency ?? before?.coin ?? null,
    lateAt: before?.lateAt ?? (late ? 'late' : null),
  } as PaymentRow); // the rest of a row is not looked at
}

function applyUnapplied(order: ModelOrder): void {
  for (const [id, payment] of order.payments) {
    const applied = addCoins(payment.applied, payment.unapplied);
    order.payments.set(id, { ...payment, applied, unapplied: zeroCoins });
  }
}
