import { describe, expect, it } from 'vitest';
import {
  allowedEvents,
  decide,
  eventSources,
  isClosed,
  legalSteps,
  orderEvents,
  orderStatuses,
  type Decision,
  type OrderEvent,
  type OrderStatus,
} from '../../src/domain/order.js';

// The table, cell by cell; docs/contract.md, "Transitions" says what its words do. `=` stays, `C` opens or extends a case,
// `L` is late money (and a case), `W` withdraws the entitlement, `–` is refused; a word is the status that follows.
type Row = [OrderEvent, string, string, string, string, string, string];
const table: Row[] = [
  // event                 pending        confirming   partial      paid     failed   cancelled
  ['payment_seen', 'confirming', '=', '=', '=', '= L', '= L'],
  ['underpaid', 'partial C', 'partial C', '= C', '=', '= L', '= L'],
  ['wrong_asset', 'partial C', 'partial C', '= C', '=', '= L', '= L'],
  ['payment_finished', 'paid', 'paid', 'paid', '=', '= L', '= L'],
  ['overpaid', 'paid C', 'paid C', 'paid C', '=', '= L', '= L'],
  ['extra_deposit', '–', '–', '–', '= L', '= L', '= L'], // of an open order the sum decides, by one of the above
  ['payment_failed', 'failed', 'failed', 'failed', '=', '=', '='],
  ['payment_refunded', 'failed C', 'failed C', 'failed C', '= C W', '= C', '= C'],
  ['amount_mismatch', 'confirming C', '= C', '= C', '=', '= C', '= C'], // rule 5 of docs/contract.md, "Amounts and identity"
  ['window_closed', 'failed', '=', '=', '–', '–', '–'],
  ['partial_window_ended', '–', '–', 'failed', '–', '–', '–'],
  ['cancelled_by_owner', 'cancelled', '–', '–', '–', '–', '–'],
  ['coin_chosen', '=', '–', '–', '–', '–', '–'], // by the payer, while no coins are seen
  ['honoured', 'paid', 'paid', 'paid', '–', 'paid', 'paid'], // through a case with coins
  ['declined', '–', 'failed', '–', '–', '–', '–'], // where nothing else would end the wait
  ['nothing_new', '=', '=', '=', '=', '=', '='],
];
const columns: OrderStatus[] = ['pending', 'confirming', 'partial', 'paid', 'failed', 'cancelled'];

const cells = table.flatMap(([event, ...answers]) =>
  columns.map((status, at) => ({ status, event, says: answers[at] ?? '' })),
);

function inWords(decision: Decision): string {
  if (decision.kind === 'refused') return '–';
  const { late, opens, withdraws } = decision.move;
  const marks = [late ? 'L' : opens === 'case' ? 'C' : '', withdraws ? 'W' : ''];
  return [decision.kind === 'moved' ? decision.to : '=', ...marks].filter((word) => word !== '').join(' ');
}

describe('the table', () => {
  it.each(cells)('$status × $event: $says', ({ status, event, says }) => {
    expect(inWords(decide(status, event))).toBe(says);
  });

  it('knows every event and every status, each once', () => {
    expect(table.map(([event]) => event).sort()).toEqual([...orderEvents].sort());
    expect(columns).toEqual([...orderStatuses]);
    expect(cells).toHaveLength(96);
  });

  it('opens a case for late money, always', () => {
    const late = cells.filter(({ says }) => says.includes('L'));
    expect(late).toHaveLength(13);
    for (const { status, event } of late) {
      expect(decide(status, event)).toMatchObject({ kind: 'stayed', move: { late: true, opens: 'case' } });
    }
  });
});

describe('an answer', () => {
  it('names where the order came from and goes to', () => {
    expect(decide('pending', 'payment_finished')).toEqual({
      kind: 'moved',
      from: 'pending',
      to: 'paid',
      move: { to: 'paid' },
    });
    expect(decide('paid', 'payment_seen')).toEqual({ kind: 'stayed', from: 'paid', move: {} });
  });

  it('of refusal names what was refused', () => {
    expect(decide('paid', 'cancelled_by_owner')).toEqual({
      kind: 'refused',
      from: 'paid',
      event: 'cancelled_by_owner',
    });
  });
});

describe('what an operator may be offered', () => {
  it('is what the table does not refuse', () => {
    expect(allowedEvents('paid')).toEqual([
      'payment_seen',
      'underpaid',
      'wrong_asset',
      'payment_finished',
      'overpaid',
      'payment_failed',
      'payment_refunded',
      'amount_mismatch',
      'extra_deposit',
      'nothing_new',
    ]);
    expect(orderStatuses.filter((status) => allowedEvents(status).includes('honoured'))).toEqual([
      'pending',
      'confirming',
      'partial',
      'failed',
      'cancelled',
    ]);
    expect(orderStatuses.filter((status) => allowedEvents(status).includes('declined'))).toEqual(['confirming']);
    expect(orderStatuses.filter((status) => allowedEvents(status).includes('cancelled_by_owner'))).toEqual(['pending']);
  });
});

describe('closed', () => {
  it.each([
    ['pending', false],
    ['confirming', false],
    ['partial', false],
    ['paid', true],
    ['failed', true],
    ['cancelled', true],
  ] as const)('%s: %s', (status, closed) => {
    expect(isClosed(status)).toBe(closed);
  });
});

describe('a timeline', () => {
  const steps = () => legalSteps().map(({ from, to, source }) => `${from} ${to} ${source}`);
  const has = (step: string) => steps().includes(step);

  it('is made of these steps', () => {
    const found = ['ipn', 'poll', 'reconcile', 'support'];
    const allowed: Record<string, string[]> = {
      '- pending': ['create'],
      'pending confirming': found,
      'pending partial': found,
      'pending paid': found,
      'pending failed': [...found, 'expired', 'mint_failed'],
      'pending cancelled': ['cancel'],
      'confirming partial': found,
      'confirming paid': found,
      'confirming failed': found,
      'partial paid': found,
      'partial failed': [...found, 'expired'],
      'failed paid': ['support'],
      'cancelled paid': ['support'],
    };
    const written = Object.entries(allowed).flatMap(([step, sources]) => sources.map((source) => `${step} ${source}`));
    expect([...new Set(steps())].sort()).toEqual(written.sort());
  });

  it('begins with pending, by create, and in no other way', () => {
    expect(steps().filter((step) => step.startsWith('- '))).toEqual(['- pending create']);
    expect(steps().filter((step) => step.endsWith(' create'))).toEqual(['- pending create']);
  });

  it('leaves a closed status only to paid, by support', () => {
    const leaving = steps().filter((step) => /^(paid|failed|cancelled) /.test(step));
    expect([...new Set(leaving)].sort()).toEqual(['cancelled paid support', 'failed paid support']);
  });

  it('cancels only pending orders, by cancel', () => {
    expect(steps().filter((step) => step.includes(' cancelled '))).toEqual(['pending cancelled cancel']);
  });

  it('expires pending and partial orders, never confirming ones', () => {
    expect([...new Set(steps().filter((step) => step.endsWith(' expired')))]).toEqual([
      'pending failed expired',
      'partial failed expired',
    ]);
  });

  it('ends the trying for an address only while the order is pending, and says so', () => {
    expect(steps().filter((step) => step.endsWith(' mint_failed'))).toEqual(['pending failed mint_failed']);
  });

  it.each(['ipn', 'poll', 'reconcile', 'support'])('lets a payment be found by %s', (source) => {
    expect(has(`pending paid ${source}`)).toBe(true);
    expect(has(`confirming partial ${source}`)).toBe(true);
    expect(has(`partial paid ${source}`)).toBe(true);
    expect(has(`confirming failed ${source}`)).toBe(true);
  });

  it('never goes back to pending, nor from partial to confirming', () => {
    expect(steps().filter((step) => / pending (?!create)/.test(step))).toEqual([]);
    expect(steps().filter((step) => step.startsWith('partial confirming'))).toEqual([]);
  });

  it('knows eight sources', () => {
    expect([...eventSources]).toEqual([
      'create',
      'ipn',
      'poll',
      'reconcile',
      'expired',
      'mint_failed',
      'cancel',
      'support',
    ]);
  });
});
