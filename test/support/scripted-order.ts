import { retryLater } from '../../src/activities/retry-later.js';
import type { Settled } from '../../src/activities/settle/settle-order.js';
import { deadlineOf, mayMint, windowEnd } from '../../src/domain/deadline.js';
import { arrivedFor, isNews, knownOf } from '../../src/domain/payments/deposits.js';
import type { Fact, FactOutcome } from '../../src/domain/facts/fact.js';
import { decisionMeaning, nothingNew, plainMeaning, type Meaning } from '../../src/domain/facts/meaning.js';
import { readMeaning } from '../../src/domain/facts/read-meaning.js';
import { windowEndMeaning } from '../../src/domain/facts/window-end-meaning.js';
import { decide, type EventSource, type OrderStatus } from '../../src/domain/order.js';
import { isoAfter, type Clocks } from '../../src/domain/timing.js';
import type { OrderStart, OrderState, QueueNames } from '../../src/workflows/messages.js';
import { bound, terms } from './a-payment.js';
import { newOrder, settle, situationOf } from './order-in-memory.js';

/** What the provider may say of the payment when it is read. */
const readings = {
  waiting: bound('waiting', '0'),
  confirming: bound('confirming', '100'),
  half: bound('partially_paid', '50'),
  finished: bound('finished', '100'),
} as const;

/** An order's rows in memory behind the names of the real activities; only the provider's answers are scripted. */
export interface ScriptedOrder {
  readonly orderId: string;
  readonly start: OrderStart;
  readonly status: OrderStatus;
  provider: keyof typeof readings;
  mint: 'works' | 'fails';
  mintAnswers: Promise<void>; // the provider takes until then
  settling: Promise<void>; // no fact is settled before
  providerAnswers: Promise<void>; // what needs the provider waits until then
  clockLagMs: number; // how far the database's clock is behind Temporal's
  readonly timeline: { status: OrderStatus; source: EventSource; minutes: number }[];
  readonly calls: string[]; // `openOrder`, `pollPayment`, `settleOrder ipn`, `read`, …
  readonly cases: readonly string[]; // the open ones
  openOrder(nowMs: number): OrderState;
  loadOrder(nowMs: number): OrderState;
  pollPayment(nowMs: number): void;
  settleOrder(fact: Fact, nowMs: number, also?: readonly string[]): Settled;
}

interface Placement {
  readonly orderId: string;
  readonly queues: QueueNames;
  readonly clocks: Clocks;
  readonly createdAtMs: number;
}

export function createScriptedOrder({ orderId, queues, clocks, createdAtMs }: Placement): ScriptedOrder {
  const createdAt = new Date(createdAtMs).toISOString();
  const mintUntil = isoAfter(createdAt, clocks.payWindowMs);
  let mintedAt: string | null = null;
  const outcomes = new Map<string, FactOutcome>();
  const stored = newOrder();

  const order: ScriptedOrder = {
    orderId,
    start: {
      orderId,
      accountId: 'acc_1',
      summary: 'team_manual · 49.00 USD · USDT-TRC20',
      payCurrency: terms.payCurrency,
      expiresAt: mintUntil,
      clocks,
      queues,
    },
    get status() {
      return stored.status;
    },
    provider: 'waiting',
    mint: 'works',
    mintAnswers: Promise.resolve(),
    settling: Promise.resolve(),
    providerAnswers: Promise.resolve(),
    clockLagMs: 0,
    get timeline() {
      return stored.timeline.map(({ to, source, at }) => ({ status: to, source, minutes: minutesAt(at) }));
    },
    calls: [],
    get cases() {
      return stored.cases.filter(({ isOpen }) => isOpen).map(({ kind }) => kind);
    },
    openOrder(nowMs) {
      order.calls.push('openOrder');
      const at = new Date(nowMs - order.clockLagMs).toISOString();
      const wants = {
        ...row(),
        provider: 'nowpayments',
        requestedCoin: 'usdttrc20',
        payAddress: mintedAt === null ? null : terms.payAddress,
      };
      if (mayMint(wants, at)) {
        if (order.mint === 'fails') throw retryLater('ProviderUnavailable', 'the provider is away', 30_000);
        mintedAt = at;
        stored.version += 1;
      }
      return state();
    },
    loadOrder() {
      order.calls.push('loadOrder');
      return state();
    },
    pollPayment() {
      order.calls.push('pollPayment');
      const view = readings[order.provider];
      const news = isNews(knownOf([...stored.payments.values()], view), view);
      if (!news) throw retryLater('NothingNew', `the provider still says ${view.status}`, null);
    },
    settleOrder(fact, nowMs, also = []) {
      order.calls.push(`settleOrder ${fact.kind}${also.length > 0 ? ` and ${also.length} more` : ''}`);
      const at = new Date(nowMs - order.clockLagMs).toISOString();
      const outcome = outcomes.get(fact.id) ?? commit(understand(fact, at), at);
      for (const id of [fact.id, ...also]) outcomes.set(id, outcome);
      return { outcome, state: state() };
    },
  };
  return order;

  function minutesAt(at: string): number {
    return Math.floor((Date.parse(at) - createdAtMs) / 60_000);
  }

  function row() {
    const { status, partialUntil, confirmingSince } = stored;
    const expiresAt = mintedAt === null ? mintUntil : isoAfter(mintedAt, clocks.payWindowMs);
    return { status, expiresAt, partialUntil, confirmingSince };
  }

  function state(): OrderState {
    const isToldOfSlowness = [...outcomes.keys()].some((id) => id.startsWith('slow_confirmation:'));
    return {
      status: stored.status,
      minted: mintedAt !== null,
      mintable: true,
      needsSupport: stored.cases.some(({ isOpen }) => isOpen),
      pollFrom: isoAfter(mintedAt ?? createdAt, clocks.pollGraceMs),
      deadline: deadlineOf(row(), clocks, isToldOfSlowness),
      owed: mintedAt !== null ? terms.payAmount : null,
      arrived: arrivedFor(terms.payCurrency, [...stored.payments.values()]),
      payCurrency: terms.payCurrency,
      version: stored.version,
    };
  }

  function commit(meaning: Meaning, at: string): FactOutcome {
    const decision = settle(stored, meaning, { at, partialWindowMs: clocks.partialWindowMs });
    const { status } = stored;
    if (decision.kind === 'refused') return { kind: 'refused', status, reason: `it is ${status}` };
    return { kind: decision.kind, status, reason: meaning.note };
  }

  function understand(fact: Fact, now: string): Meaning {
    switch (fact.kind) {
      case 'ipn':
      case 'poll':
      case 'reconcile':
        return read(fact.kind);
      case 'window_closed':
      case 'partial_window_ended': {
        if (decide(stored.status, fact.kind).kind !== 'moved') return windowEndMeaning(stored.status, fact.kind, null);
        const end = windowEnd(row(), fact, now);
        if (end.kind === 'nearly' || end.kind === 'ahead')
          throw retryLater('WindowOpen', 'the window is still open', end.waitMs);
        if (end.kind === 'far') return nothingNew('expired', 'the window is still open');
        return windowEndMeaning(stored.status, fact.kind, mintedAt !== null ? read('poll') : null);
      }
      case 'resolve':
        return decisionMeaning(stored.status, fact, stored.cases.find(({ isOpen }) => isOpen)?.kind ?? null);
      case 'cancel':
      case 'slow_confirmation':
        return plainMeaning(stored.status, fact);
      case 'choice':
        return nothingNew('create', 'the seller has chosen the coin');
      case 'operator':
        return nothingNew('support');
      case 'advance':
        return nothingNew('poll');
    }
  }

  function read(source: EventSource): Meaning {
    order.calls.push('read');
    return readMeaning(situationOf(stored), { bound: readings[order.provider], children: [] }, source);
  }
}
