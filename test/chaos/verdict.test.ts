import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../simulator/world/ledger.js';
import type { Evidence } from './evidence.js';
import { judge } from './verdict.js';

const account = '00000000-0000-4000-8000-000000000001';
const orderId = 'ord_000000000001';
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
const words = { payment_id: 'p1', payment_status: 'finished' };

const happenings = [
  {
    kind: 'mint',
    payment_id: 'p1',
    parent_payment_id: null,
    order_id: orderId,
    pay_amount: '49',
    pay_currency: 'usdttrc20',
  },
  { kind: 'movement', payment_id: 'p1', coin: 'usdttrc20', amount: '49', direction: 'in' },
  { kind: 'status', payment_id: 'p1', from: 'waiting', to: 'finished', actually_paid: '49' },
  { kind: 'ipn', ipn_id: 'ipn_1', payment_id: 'p1', genuine: true, body: JSON.stringify(words) },
  { kind: 'ipn_attempt', ipn_id: 'ipn_1', n: 1, http_status: 200, ms: 5, acknowledged: true },
];
const ledger = happenings.map((entry, seq) => ({ seq: seq + 1, at: at(seq), ...entry }) as LedgerEntry);

const calls: Evidence['calls'] = [
  {
    account: `acc_${account}`,
    key: 'k1',
    what: 'POST /v1/billing/crypto-checkout',
    outcome: 'ok',
    status: 201,
    orderId,
    address: 'T1',
    startedAt: at(0),
    endedAt: at(1),
    failure: null,
  },
];

const attempt = (endpoint: string): Evidence['received'][number] => ({
  endpoint,
  eventId: 'evt_1',
  sha256: 'aa',
  body: '{}',
  authentic: true,
  answered: 204,
  at: at(9),
});

const delivery = (path: string): Evidence['deliveries'][number] => ({
  id: path,
  eventId: 'evt_1',
  orderId,
  accountId: account,
  path,
  status: 'delivered',
});

/** One order, paid as it should be. */
const paid: Evidence = {
  ledger,
  calls,
  received: [attempt('/steady/G1'), attempt('/faulty/G1')],
  orders: [
    {
      id: orderId,
      accountId: account,
      key: 'k1',
      status: 'paid',
      paymentId: 'p1',
      payCurrency: 'usdttrc20',
      expiresAt: at(59),
      failedReason: null,
    },
  ],
  events: [
    { orderId, status: 'pending', source: 'create', at: at(0), runId: null },
    { orderId, status: 'paid', source: 'ipn', at: at(8), runId: 'r1' },
  ],
  payments: [{ paymentId: 'p1', orderId, role: 'bound', arrived: '49' }],
  inbox: [{ paymentId: 'p1', status: 'finished', isHandled: true }],
  told: [{ eventId: 'evt_1', orderId, accountId: account, type: 'crypto.order.paid' }],
  deliveries: [delivery('/steady/G1'), delivery('/faulty/G1')],
  runs: [{ orderId, runId: 'r1', status: 'COMPLETED' }],
  walks: [{ account: `acc_${account}`, startedAt: at(2), orderIds: [orderId], isWhole: true }],
  broken: [],
};

const first = <Item>([item]: readonly Item[]): Item => item as Item;
const changed = <Item extends object>(list: readonly Item[], over: Partial<Item>): Item[] => [
  { ...first(list), ...over },
  ...list.slice(1),
];
const entry = (kind: string, over: object) => ledger.map((each) => (each.kind === kind ? { ...each, ...over } : each));

describe('the judges of chaos', () => {
  it('hold nothing against an order that was paid as it should be', () => {
    expect(judge(paid)).toEqual([]);
  });

  const cases: readonly [what: string, invariant: string, harm: string, over: Partial<Evidence>][] = [
    ['a mint that is not on record', 'I1', 'lost', { payments: [] }],
    ['a mint that is bound and not shown', 'I1', 'doubled', { orders: changed(paid.orders, { paymentId: null }) }],
    ['a payment of another order', 'I1', 'wrong', { ledger: entry('mint', { order_id: 'ord_000000000002' }) }],
    ['coins that are not on record', 'I10', 'lost', { payments: changed(paid.payments, { arrived: '48' }) }],
    ['coins on record that never came', 'I10', 'doubled', { payments: changed(paid.payments, { arrived: '98' }) }],
    ['a grant for too little', 'I4', 'wrong', { ledger: entry('movement', { amount: '40' }) }],
    ['a grant for another coin', 'I4', 'wrong', { ledger: entry('movement', { coin: 'btc' }) }],
    ['a grant before the provider is sure', 'I4', 'wrong', { ledger: entry('status', { to: 'confirming' }) }],
    ['an IPN answered and not kept', 'I6', 'lost', { inbox: [] }],
    ['an IPN never dealt with', 'I6', 'stuck', { inbox: changed(paid.inbox, { isHandled: false }) }],
    ['a forged IPN that was believed', 'V4', 'wrong', { ledger: entry('ipn', { genuine: false }) }],
    ['an order that was answered and is gone', 'promise 3', 'lost', { orders: [] }],
    ['an order shown to another account', 'I15', 'wrong', { calls: changed(calls, { account: 'acc_2' }) }],
    ['an order under another key', 'I2', 'doubled', { orders: changed(paid.orders, { key: 'k2' }) }],
    ['two addresses for one key', 'I2', 'doubled', { calls: [first(calls), { ...first(calls), address: 'T2' }] }],
    ['a delivery nobody took', 'I7', 'lost', { received: [attempt('/steady/G1')] }],
    ['a delivery that has not ended', 'I7', 'stuck', { deliveries: changed(paid.deliveries, { status: 'pending' }) }],
    ['an event that goes to one of two', 'I7', 'lost', { deliveries: [delivery('/steady/G1')] }],
    [
      'a body that changed',
      'I7',
      'wrong',
      { received: [...paid.received, { ...attempt('/steady/G1'), sha256: 'bb' }] },
    ],
    ['a signature that is wrong', 'I7', 'wrong', { received: changed(paid.received, { authentic: false }) }],
    [
      'an event that is not there',
      'I7',
      'wrong',
      { received: [...paid.received, { ...attempt('/a'), eventId: 'evt_2' }] },
    ],
    [
      'a step that the table has not',
      'I5',
      'wrong',
      { events: [first(paid.events), { ...paid.events[1]!, source: 'cancel' }] },
    ],
    ['a run that Temporal does not know', 'I19', 'wrong', { runs: [] }],
    ['a run that failed', 'I14', 'stuck', { runs: changed(paid.runs, { status: 'FAILED' }) }],
    ['a row that is not its last event', 'I13', 'wrong', { events: [first(paid.events)] }],
    ['an order that is still open', 'I14', 'stuck', { orders: changed(paid.orders, { status: 'confirming' }) }],
    [
      'coins in time that paid nothing',
      'all that was paid is settled',
      'lost',
      { orders: changed(paid.orders, { status: 'failed' }) },
    ],
    ['a walk that leaves out an order', 'I12', 'other', { walks: changed(paid.walks, { orderIds: [] }) }],
    [
      'a walk that shows an order twice',
      'I12',
      'other',
      { walks: changed(paid.walks, { orderIds: [orderId, orderId] }) },
    ],
    ['a walk over orders of others', 'I15', 'wrong', { walks: changed(paid.walks, { account: 'acc_2' }) }],
    [
      'a row that a query answers',
      'I3 paid has one receipt',
      'doubled',
      { broken: [{ invariant: 'I3 paid has one receipt', id: orderId }] },
    ],
  ];

  it.each(cases)('see %s', (_what, invariant, harm, over) => {
    expect(judge({ ...paid, ...over })).toContainEqual(expect.objectContaining({ invariant, harm }));
  });

  it('ask of a walk only what its merchant knew as it began, and nothing of what was left out after it broke off', () => {
    const [walk] = paid.walks;
    const early = { ...walk!, startedAt: at(1), orderIds: [] };
    const broken = { ...walk!, orderIds: [], isWhole: false };
    expect(judge({ ...paid, walks: [early, broken] })).toEqual([]);
  });

  it('do not ask for the record of a mint whose order ran out of time before it had an address', () => {
    const failed = { status: 'failed', paymentId: null, failedReason: 'mint_failed' };
    const unpaid = ledger.filter(({ kind }) => kind === 'mint');
    const found = judge({
      ...paid,
      ledger: unpaid,
      orders: changed(paid.orders, failed),
      events: [first(paid.events), { ...paid.events[1]!, status: 'failed', source: 'mint_failed' }],
      payments: [],
      inbox: [],
      told: [],
      deliveries: [],
      received: [],
    });
    expect(found).toEqual([]);
  });
});
