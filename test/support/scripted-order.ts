import { retryLater } from '../../src/activities/retry-later.js';
import type { Settled } from '../../src/activities/settle/settle-order.js';
import { decide } from '../../src/domain/order.js';
import type { EventSource, OrderEvent, OrderStatus } from '../../src/domain/order.js';
import { isoAfter } from '../../src/domain/timing.js';
import type { Clocks } from '../../src/domain/timing.js';
import type { Fact, FactOutcome, OrderStart, OrderState, QueueNames } from '../../src/workflows/messages.js';

/** An order's row in memory, with activities that follow the real ones step by step but ask a script for the provider. */
export interface ScriptedOrder {
  readonly orderId: string;
  readonly start: OrderStart;
  status: OrderStatus;
  /** What the provider says of the payment when it is read. */
  provider: OrderEvent;
  mint: 'works' | 'fails';
  mintAnswers: Promise<void>; // the provider takes until then
  settling: Promise<void>; // no fact is settled before
  clockLagMs: number; // how far the database's clock is behind Temporal's
  readonly timeline: { status: OrderStatus; source: EventSource; minutes: number }[];
  readonly calls: string[]; // `openOrder`, `pollPayment`, `settleOrder ipn`, `read`, …
  readonly cases: string[];
  openOrder(nowMs: number): OrderState;
  loadOrder(nowMs: number): OrderState;
  pollPayment(nowMs: number): void;
  settleOrder(fact: Fact, nowMs: number): Settled;
}

interface Placement {
  readonly orderId: string;
  readonly queues: QueueNames;
  readonly clocks: Clocks;
  readonly createdAtMs: number;
}

interface Meaning {
  readonly event: OrderEvent;
  readonly source: EventSource;
  readonly note: string | null;
}

export function createScriptedOrder({ orderId, queues, clocks, createdAtMs }: Placement): ScriptedOrder {
  const createdAt = new Date(createdAtMs).toISOString();
  const expiresAt = isoAfter(createdAt, clocks.payWindowMs);
  const outcomes = new Map<string, FactOutcome>();
  let minted = false;
  let version = 1;
  let lastRead: OrderEvent = 'nothing_new';
  let partialUntil: string | null = null;
  let slowAt: string | null = null;

  const order: ScriptedOrder = {
    orderId,
    start: {
      orderId,
      accountId: 'acc_1',
      summary: 'team_manual · 49.00 USD · USDT-TRC20',
      payCurrency: 'usdttrc20',
      expiresAt,
      clocks,
      queues,
    },
    status: 'pending',
    provider: 'nothing_new',
    mint: 'works',
    mintAnswers: Promise.resolve(),
    settling: Promise.resolve(),
    clockLagMs: 0,
    timeline: [],
    calls: [],
    cases: [],
    openOrder() {
      order.calls.push('openOrder');
      if (order.status === 'pending' && !minted) {
        if (order.mint === 'fails') throw retryLater('ProviderUnavailable', 'the provider is away', 30_000);
        minted = true;
        version += 1;
      }
      return state();
    },
    loadOrder() {
      order.calls.push('loadOrder');
      return state();
    },
    pollPayment() {
      order.calls.push('pollPayment');
      if (order.provider === lastRead) throw retryLater('NothingNew', 'the provider still says waiting', null);
    },
    settleOrder(fact, nowMs) {
      order.calls.push(`settleOrder ${fact.kind}`);
      const outcome = outcomes.get(fact.id) ?? commit(fact, nowMs - order.clockLagMs);
      outcomes.set(fact.id, outcome);
      return { outcome, state: state() };
    },
  };
  return order;

  function state(): OrderState {
    const deadline = { pending: expiresAt, partial: partialUntil, confirming: slowAt }[order.status as 'pending'];
    return {
      status: order.status,
      minted,
      mintable: true,
      needsSupport: order.cases.length > 0,
      pollFrom: isoAfter(createdAt, clocks.pollGraceMs),
      deadline: deadline ?? null,
      owed: minted ? '49.1' : null,
      arrived: '0',
      payCurrency: 'usdttrc20',
      version,
    };
  }

  function commit(fact: Fact, nowMs: number): FactOutcome {
    const meaning = understand(fact, nowMs);
    const decision = decide(order.status, meaning.event);
    if (decision.kind === 'refused') return { kind: 'refused', status: order.status, reason: `it is ${order.status}` };
    if (decision.move.opens) order.cases.push(decision.move.late ? 'late_payment' : meaning.event);
    if (fact.kind === 'slow_confirmation') {
      order.cases.push('slow_confirmation');
      slowAt = null;
    }
    if (decision.kind === 'moved') move(decision.to, meaning.source, nowMs);
    return { kind: decision.kind, status: order.status, reason: meaning.note };
  }

  function move(to: OrderStatus, source: EventSource, nowMs: number): void {
    const at = new Date(nowMs).toISOString();
    order.status = to;
    version += 1;
    if (to === 'partial') partialUntil = isoAfter(at, clocks.partialWindowMs);
    if (to === 'confirming') slowAt = isoAfter(at, clocks.slowConfirmationMs);
    order.timeline.push({ status: to, source, minutes: Math.floor((nowMs - createdAtMs) / 60_000) });
  }

  function understand(fact: Fact, nowMs: number): Meaning {
    switch (fact.kind) {
      case 'ipn':
      case 'poll':
      case 'reconcile':
        return read(fact.kind);
      case 'window_closed':
      case 'partial_window_ended': {
        const deadline = fact.kind === 'window_closed' ? expiresAt : partialUntil;
        const earlyMs = deadline === null ? 0 : Date.parse(deadline) - nowMs;
        if (earlyMs > 0) throw retryLater('WindowOpen', 'the window is still open', earlyMs);
        const seen = minted ? read('poll') : nothing('poll');
        return decide(order.status, seen.event).kind === 'moved'
          ? seen
          : { event: fact.kind, source: 'expired', note: null };
      }
      case 'cancel':
        return { event: 'cancelled_by_owner', source: 'cancel', note: null };
      case 'resolve':
        return { event: fact.action === 'honour' ? 'honoured' : 'nothing_new', source: 'support', note: null };
      case 'slow_confirmation':
      case 'operator':
        return nothing('expired');
    }
  }

  function nothing(source: EventSource, note: string | null = null): Meaning {
    return { event: 'nothing_new', source, note };
  }

  function read(source: EventSource): Meaning {
    order.calls.push('read');
    if (order.provider === lastRead) return nothing(source, 'the provider says nothing new');
    lastRead = order.provider;
    return { event: order.provider, source, note: null };
  }
}
