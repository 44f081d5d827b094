import { assertNever } from './invariant.js';

/** Where an order stands. The last three are closed; only support reopens one, and only to `paid`. */
export const orderStatuses = ['pending', 'confirming', 'partial', 'paid', 'failed', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** Who or what moved an order, as merchants see it in `events[].source`. */
export const eventSources = [
  'create',
  'ipn',
  'poll',
  'reconcile',
  'expired',
  'mint_failed',
  'cancel',
  'support',
] as const;
export type EventSource = (typeof eventSources)[number];

/** Why an order failed: a window ended, the provider gave the payment up, or no address could be made. */

/** What can happen to an order, in our words. The classifier and the clocks name them; `decide` answers. */
export const orderEvents = [
  'payment_seen',
  'underpaid',
  'wrong_asset',
  'payment_finished',
  'overpaid',
  'payment_failed',
  'payment_refunded',
  'amount_mismatch',
  'window_closed',
  'partial_window_ended',
  'cancelled_by_owner',
  'coin_chosen',
  'extra_deposit',
  'honoured',
  'declined',
  'nothing_new',
] as const;
export type OrderEvent = (typeof orderEvents)[number];

/**
 * One cell of the table. `to`: the next status (absent: it stays). `opens`: an unusual coin or word that a person must
 * see. `late`: money for an order that no longer waits for it. `withdraws`: the entitlement is taken back.
 */
export interface Move {
  readonly to?: OrderStatus;
  readonly opens?: 'case';
  readonly late?: true;
  readonly withdraws?: true;
}

const stays: Move = {};
const staysWithCase: Move = { opens: 'case' };
const late: Move = { late: true, opens: 'case' };

const closedUnpaid: Partial<Record<OrderEvent, Move>> = {
  payment_seen: late,
  underpaid: late,
  wrong_asset: late,
  payment_finished: late,
  overpaid: late,
  payment_failed: stays,
  payment_refunded: staysWithCase,
  amount_mismatch: staysWithCase,
  extra_deposit: late,
  honoured: { to: 'paid' }, // support only, through a case
  nothing_new: stays,
};

// Every legal move. A pair that is not here is refused, never guessed.
const moves: Record<OrderStatus, Partial<Record<OrderEvent, Move>>> = {
  pending: {
    payment_seen: { to: 'confirming' },
    underpaid: { to: 'partial', opens: 'case' },
    wrong_asset: { to: 'partial', opens: 'case' },
    payment_finished: { to: 'paid' },
    overpaid: { to: 'paid', opens: 'case' },
    payment_failed: { to: 'failed' },
    payment_refunded: { to: 'failed', opens: 'case' },
    amount_mismatch: { to: 'confirming', opens: 'case' }, // seen, whatever it is: nothing expires over it
    window_closed: { to: 'failed' },
    cancelled_by_owner: { to: 'cancelled' },
    coin_chosen: stays, // by its payer, while no coins are seen
    honoured: { to: 'paid' }, // coins of a payment that was never bound
    nothing_new: stays,
  },
  confirming: {
    payment_seen: stays,
    underpaid: { to: 'partial', opens: 'case' },
    wrong_asset: { to: 'partial', opens: 'case' },
    payment_finished: { to: 'paid' },
    overpaid: { to: 'paid', opens: 'case' },
    payment_failed: { to: 'failed' },
    payment_refunded: { to: 'failed', opens: 'case' },
    amount_mismatch: staysWithCase,
    window_closed: stays, // coins are on their way: nothing expires while confirming
    honoured: { to: 'paid' },
    declined: { to: 'failed' }, // what came is not taken, and nothing else ends the wait
    nothing_new: stays,
  },
  partial: {
    payment_seen: stays,
    underpaid: staysWithCase,
    wrong_asset: staysWithCase,
    payment_finished: { to: 'paid' },
    overpaid: { to: 'paid', opens: 'case' },
    payment_failed: { to: 'failed' }, // its case stays open
    payment_refunded: { to: 'failed', opens: 'case' },
    amount_mismatch: staysWithCase,
    window_closed: stays,
    partial_window_ended: { to: 'failed' }, // its case stays open
    honoured: { to: 'paid' },
    nothing_new: stays,
  },
  paid: {
    payment_seen: stays,
    underpaid: stays,
    wrong_asset: stays,
    payment_finished: stays,
    overpaid: stays,
    payment_failed: stays,
    payment_refunded: { opens: 'case', withdraws: true },
    amount_mismatch: stays,
    extra_deposit: late,
    nothing_new: stays,
  },
  failed: closedUnpaid,
  cancelled: closedUnpaid,
};

export type Decision =
  | { readonly kind: 'moved'; readonly from: OrderStatus; readonly to: OrderStatus; readonly move: Move }
  | { readonly kind: 'stayed'; readonly from: OrderStatus; readonly move: Move }
  | { readonly kind: 'refused'; readonly from: OrderStatus; readonly event: OrderEvent };
export type AllowedDecision = Exclude<Decision, { kind: 'refused' }>;

/** The one answer to "may this happen to an order in that status". */
export function decide(status: OrderStatus, event: OrderEvent): Decision {
  const move = moves[status][event];
  if (!move) return { kind: 'refused', from: status, event };
  return move.to ? { kind: 'moved', from: status, to: move.to, move } : { kind: 'stayed', from: status, move };
}

/** The events that the table allows for a status: what the console offers, what the diagram shows. */
export function allowedEvents(status: OrderStatus): OrderEvent[] {
  return orderEvents.filter((event) => moves[status][event] !== undefined);
}

export function isClosed(status: OrderStatus): boolean {
  return status === 'paid' || status === 'failed' || status === 'cancelled';
}

/** Every (from, to, source) an order's timeline may show; `-` is before its creation. */
export function legalSteps(): { from: OrderStatus | '-'; to: OrderStatus; source: EventSource }[] {
  const steps: { from: OrderStatus | '-'; to: OrderStatus; source: EventSource }[] = [
    { from: '-', to: 'pending', source: 'create' },
  ];
  for (const from of orderStatuses) {
    for (const event of allowedEvents(from)) {
      const to = moves[from][event]?.to;
      if (!to) continue;
      for (const source of sourcesOf(event)) steps.push({ from, to, source });
    }
  }
  return steps;
}

function sourcesOf(event: OrderEvent): readonly EventSource[] {
  switch (event) {
    case 'payment_seen':
    case 'underpaid':
    case 'wrong_asset':
    case 'payment_finished':
    case 'overpaid':
    case 'payment_failed':
    case 'payment_refunded':
    case 'amount_mismatch':
      return ['ipn', 'poll', 'reconcile', 'support']; // support: an audited apply-ipn
    case 'window_closed':
      return ['expired', 'mint_failed']; // the latter: nobody could have paid
    case 'partial_window_ended':
      return ['expired'];
    case 'cancelled_by_owner':
      return ['cancel'];
    case 'honoured':
    case 'declined':
      return ['support'];
    case 'coin_chosen':
    case 'extra_deposit':
    case 'nothing_new':
      return [];
    default:
      return assertNever(event);
  }
}
