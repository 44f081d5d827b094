import type { ConsoleCase } from '../../src/web/console/console-case-view.js';
import type { ConsoleContext } from '../../src/web/console/console-frame.js';
import type { ConsoleOrderView } from '../../src/web/console/console-order-view.js';
import type { ConsoleOverviewView } from '../../src/web/console/console-overview-page.js';

const accountId = '11111111-1111-4111-8111-111111111111';

export const context: ConsoleContext = {
  brandName: 'Driftstack',
  operator: { name: 'mira', role: 'support' },
  csrfToken: 'csrf-0123456789',
  openCases: 3,
  notice: null,
  nowIso: '2026-11-24T19:42:11.000Z',
  version: '7.8.9',
};

export const underpaid: ConsoleCase = {
  id: '22222222-2222-4222-8222-222222222222',
  kind: 'underpaid',
  status: 'open',
  orderId: 'ord_0123456789ab',
  orderStatus: 'partial',
  paymentId: '5745459419',
  actuallyPaid: '200.000000',
  payCurrency: 'usdttrc20',
  fiatText: '199.90 USD',
  facts: [
    { source: 'provider_read', payment_status: 'partially_paid', actually_paid: '200.000000', note: '<svg onload=x>' },
  ],
  ipns: [
    {
      id: '99999999-9999-4999-8999-999999999999',
      paymentId: '5745459419',
      paymentStatus: 'partially_paid<svg onload=x>',
      actuallyPaid: '200',
      payCurrency: 'usdttrc20',
      receivedAt: '2026-11-24T19:29:58.000Z',
      outcome: 'moved: partial',
    },
  ],
  openedAt: '2026-11-24T19:30:00.000Z',
  deadlineAt: '2026-11-25T19:30:00.000Z',
  escalatedAt: null,
  proposedBy: null,
  proposedReason: null,
  resolution: null,
  decisionId: '33333333-3333-4333-8333-333333333333',
};

export const cases: readonly ConsoleCase[] = [
  { ...underpaid, deadlineAt: '2026-11-24T10:00:00.000Z', escalatedAt: '2026-11-24T10:00:01.000Z' },
  {
    ...underpaid,
    id: '44444444-4444-4444-8444-444444444444',
    kind: 'late_payment',
    orderId: 'ord_ba9876543210',
    orderStatus: 'failed',
    status: 'awaiting_approval',
    proposedBy: 'operator:jan',
    proposedReason: 'Customer showed the transaction.',
  },
  {
    ...underpaid,
    id: '55555555-5555-4555-8555-555555555555',
    kind: 'orphan_payment',
    orderId: null,
    orderStatus: null,
  },
  {
    ...underpaid,
    id: '66666666-6666-4666-8666-666666666666',
    kind: 'overpaid',
    orderStatus: 'paid',
    status: 'resolved',
    resolution: {
      action: 'decline',
      reason: 'Sent back outside the system.',
      actor: 'operator:mira',
      approvedBy: null,
      at: '2026-11-24T18:00:00.000Z',
    },
  },
];

export const partialOrder: ConsoleOrderView = {
  context,
  productName: 'Team manual',
  order: {
    id: 'ord_0123456789ab',
    accountId,
    mode: 'live',
    product: 'team_manual',
    priceCents: 24900,
    priceCurrency: 'USD',
    status: 'partial',
    provider: 'nowpayments',
    stubReason: null,
    stubMinimum: null,
    stubMinimumCurrency: null,
    paymentId: '5745459419',
    payCurrency: 'usdttrc20',
    payAmountText: '249.124562',
    payAddress: 'TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf',
    payExtraId: null,
    network: 'trx',
    description: 'Twelve rolls',
    customerReference: 'invoice-2026-118',
    customerNote: 'Please send the invoice to accounting.\nThank you.',
    internalNote: null,
    metadata: { cart: 'A-77' },
    failedReason: null,
    version: 3,
    expiresAt: '2026-11-24T20:20:00.000Z',
    partialUntil: '2026-12-01T19:30:00.000Z',
    paidAt: null,
    createdAt: '2026-11-24T19:20:00.000Z',
    updatedAt: '2026-11-24T19:30:00.000Z',
  },
  isAddressIntact: true,
  events: [
    { seq: 1, status: 'pending', source: 'create', event: 'created', at: '2026-11-24T19:20:00.000Z' },
    { seq: 2, status: 'confirming', source: 'ipn', event: 'payment_seen', at: '2026-11-24T19:28:11.000Z' },
    { seq: 3, status: 'partial', source: 'poll', event: 'underpaid', at: '2026-11-24T19:30:00.000Z' },
  ],
  deposits: [
    {
      paymentId: '5745459419',
      role: 'bound',
      providerStatus: 'partially_paid',
      coin: 'usdttrc20',
      arrived: '200.000000',
      applied: '200.000000',
      excess: '0',
      unapplied: '0',
      lateAt: null,
      firstSeenAt: '2026-11-24T19:28:11.000Z',
    },
  ],
  cases: [underpaid],
  deliveries: [
    {
      id: '77777777-7777-4777-8777-777777777777',
      eventType: 'crypto.order.confirming',
      url: 'https://shop.example/hooks/quittance',
      status: 'delivered',
      attempts: 1,
      nextAttemptAt: null,
      lastResponseStatus: 200,
      lastError: null,
      createdAt: '2026-11-24T19:28:11.000Z',
    },
    {
      id: '88888888-8888-4888-8888-888888888888',
      eventType: 'crypto.order.partial',
      url: 'https://shop.example/hooks/quittance',
      status: 'dlq',
      attempts: 12,
      nextAttemptAt: null,
      lastResponseStatus: 500,
      lastError: null,
      createdAt: '2026-11-24T19:30:00.000Z',
    },
  ],
  account: { name: 'Shop <b>one</b>', mintsWith: 'installation' },
  receiptSha256: null,
  paymentUrl: 'https://pay.example/pay/p4yT0ken',
  temporalUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/crypto-order%2Ford_0123456789ab',
};

export const counters = {
  mode: 'live' as const,
  byStatus: { pending: 41, confirming: 7, partial: 2, paid: 1289, failed: 112, cancelled: 18 },
  openCases: 3,
  deadDeliveries: 1,
};

const days = Array.from({ length: 14 }, (_, index) => `2026-11-${String(11 + index)}`);

export const overview: ConsoleOverviewView = {
  context,
  counters,
  daily: days.flatMap((date, index) => [
    { date, status: 'paid' as const, count: 60 + ((index * 37) % 50) },
    { date, status: 'failed' as const, count: 6 + (index % 5) },
    { date, status: 'cancelled' as const, count: index % 3 },
    ...(index > 11 ? [{ date, status: 'pending' as const, count: 20 * (index - 11) }] : []),
  ]),
  timeToPaid: [
    { underMs: 300_000, count: 210 },
    { underMs: 900_000, count: 640 },
    { underMs: 1_800_000, count: 300 },
    { underMs: 3_600_000, count: 122 },
    { underMs: 86_400_000, count: 14 },
    { underMs: null, count: 3 },
  ],
  averageTimeToPaidMs: 754_000,
  keys: { firstWrites: 12_480, replays: 311, bodyMismatches: 2 },
  revenue: [
    { currency: 'USD', cents: 24_812_300, orders: 901 },
    { currency: 'EUR', cents: 9_120_000, orders: 366 },
    { currency: 'JPY', cents: 108_000, orders: 22 },
  ],
  webhooks: days.map((date, index) => ({ date, delivered: 120 + ((index * 53) % 80), dead: index === 6 ? 9 : 0 })),
};
