import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bySlug } from '../../sdk/src/problem.js';
import { problemKinds } from '../../src/api/http/problem.js';
import { caseEventData, orderCaseEventData, surplusEventData } from '../../src/domain/cases/case-event.js';
import {
  deliveredTypes,
  eventData,
  eventTypes,
  orderEventTypes,
  type EventOrder,
  type OrderEventType,
} from '../../src/domain/outgoing-event.js';
import { payOrder } from '../support/an-order.js';
import { testApp, type TestApp } from '../support/test-app.js';
import { sdkMethods, sdkType, type SdkMethod } from './sdk-methods.js';
import { misfits, shapeOfSchema, type JsonSchema, type Shape } from './shapes.js';

interface Operation {
  readonly parameters?: readonly { in: string; name: string; required?: boolean; schema: JsonSchema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: JsonSchema }>> }>>;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

let api: TestApp;
let openApi: OpenApi;
let methods: readonly SdkMethod[];
beforeAll(async () => {
  api = await testApp();
  openApi = (await api.app.inject('/openapi.json')).json();
  methods = await sdkMethods();
}, 120_000);
afterAll(() => api?.close());

const shapeOf = (schema: JsonSchema) => shapeOfSchema(openApi.components.schemas, schema);

/** `GET /v1/…/{id}` for a call that was seen going out. */
function operationOf({ name, method, path }: SdkMethod): { key: string; operation: Operation } {
  for (const [template, operations] of Object.entries(openApi.paths)) {
    const operation = operations[method.toLowerCase()];
    const pattern = new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, 'an-id')}$`);
    if (operation && pattern.test(path)) return { key: `${method} ${template}`, operation };
  }
  throw new Error(`${name}: the API describes no ${method} ${path}`);
}

function answerOf({ responses }: Operation): Shape {
  const [good] = Object.keys(responses).filter((status) => status.startsWith('2'));
  if (good === '204') return 'nothing';
  const [type, answer] = Object.entries(responses[good ?? '']?.content ?? {})[0] ?? [];
  if (type === 'application/pdf') return 'bytes';
  return shapeOf(answer?.schema ?? {});
}

function queryOf({ parameters = [] }: Operation): Shape {
  const query = parameters.filter((parameter) => parameter.in === 'query');
  return Object.fromEntries(query.map(({ name, required, schema }) => [name + (required ? '' : '?'), shapeOf(schema)]));
}

/** An installation's own products: the API lists them, an SDK for all installations cannot. */
function anyProduct(body: Shape | null): Shape | null {
  return body && typeof body === 'object' && 'product' in body ? { ...body, product: 'string' } : body;
}

/** Without what the SDK takes from a header and puts beside the answer. */
function asAnswered(answer: Shape): Shape {
  if (typeof answer !== 'object' || !('idempotency_mismatch?' in answer)) return answer;
  const { 'idempotency_mismatch?': _, ...body } = answer as Record<string, Shape>;
  return body;
}

/** Walks answer the items of the pages that the API answers. */
function itemsOf(answer: Shape): Shape {
  const list = Object.values(answer).find((field) => Array.isArray(field));
  if (!list) throw new Error(`no list in ${JSON.stringify(answer)}`);
  return list;
}

describe('SDK and OpenAPI', () => {
  it('every method of the SDK calls an operation that is described, with its body, query and answer', () => {
    expect(methods.length).toBeGreaterThanOrEqual(22);
    for (const method of methods) {
      const { key, operation } = operationOf(method);
      const body = operation.requestBody?.content['application/json']?.schema;
      const answer = answerOf(operation);
      expect
        .soft(
          { body: anyProduct(method.body), query: method.query ?? {}, answer: asAnswered(method.answer) },
          `${method.name}: ${key}`,
        )
        .toEqual({
          body: anyProduct(body ? shapeOf(body) : null),
          query: method.query ? queryOf(operation) : {},
          answer: Array.isArray(method.answer) ? itemsOf(answer) : answer,
        });
    }
  });

  it('every operation for customers has a method in the SDK', () => {
    const called = new Set(methods.map((method) => operationOf(method).key));
    const described = Object.entries(openApi.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const forCustomers = described.filter((key) => / \/v1\/(?!admin\/|webhooks\/nowpayments)/.test(key));
    expect(forCustomers.length).toBeGreaterThan(15);
    expect(forCustomers.filter((key) => !called.has(key))).toEqual([]);
  });

  it('every operation has an id of its own and says what it is for', () => {
    const described = Object.entries(openApi.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        key: `${method.toUpperCase()} ${path}`,
        ...operation,
      })),
    ) as { key: string; operationId?: string; summary?: string }[];
    const silent = described.filter(({ operationId, summary }) => !operationId || !summary).map(({ key }) => key);
    expect(silent, 'add a line to src/api/schemas/operations.ts or admin-operations.ts').toEqual([]);
    expect(new Set(described.map(({ operationId }) => operationId)).size).toBe(described.length);
  });
});

describe('errors', () => {
  it('are the same in SDK and server', () => {
    expect([...bySlug.keys()].sort()).toEqual(Object.keys(problemKinds).sort());
  });

  it('look as described', async () => {
    const key = await api.newKey();
    const problems = [
      await api.app.inject('/v1/billing/crypto-orders'),
      await api.call(key, 'GET', '/v1/billing/crypto-orders/ord_000000000000'),
      await api.call(key, 'POST', '/v1/billing/crypto-checkout', { body: { product: 'none' } }),
      await api.call(key, 'DELETE', '/v1/billing/crypto-orders'),
      await api.call(key, 'GET', '/v1/billing/crypto-orders?cursor=x'),
    ];
    expect(problems.map(({ statusCode }) => statusCode)).toEqual([401, 404, 400, 405, 400]);
    const shape = shapeOf({ $ref: 'Problem' });
    expect(problems.flatMap((problem) => misfits(problem.json(), shape))).toEqual([]);
  });
});

/** Where answers are not of the type that the SDK declares for them. */
const allMisfits = (answers: readonly (readonly [type: string, answer: unknown])[]) =>
  answers.flatMap(([type, answer]) => misfits(answer, sdkType(type), type));

describe('what the server really answers', () => {
  it('for orders is what the types of the SDK say, no field more and none less', async () => {
    const key = await api.newKey();
    const placed = await api.placed(key, { customer_reference: 'a', metadata: { plan: 'team' } });
    const path = `/v1/billing/crypto-orders/${placed.order_id}`;
    const read = async (below = '') => (await api.call(key, 'GET', path + below)).json();
    const pending = await read();
    await payOrder(api.deps.pool, placed.order_id);
    const body = { product: 'team_manual' };
    const quote = await api.call(key, 'POST', '/v1/billing/crypto-checkout/quote', { body });
    const page = await api.call(key, 'GET', '/v1/billing/crypto-orders');
    expect(page.json().orders).toHaveLength(1);
    const answers = [
      ['Checkout', placed],
      ['Order', pending],
      ['Order', await read()],
      ['Receipt', await read('/receipt')],
      ['Quote', quote.json()],
      ['OrderPage', page.json()],
    ] as const;
    expect(allMisfits(answers)).toEqual([]);
  });

  it('for webhooks too', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    const endpoint = { url: 'https://shop.example.com/hook', events: ['crypto.order.paid'] };
    const created = (await api.call(key, 'POST', '/v1/webhooks', { body: endpoint })).json();
    const path = `/v1/webhooks/${created.id}`;
    const call = async (...[method, below, body]: ['GET' | 'POST' | 'PATCH', string, object?]) =>
      (await api.call(key, method, path + below, body ? { body } : {})).json();
    const sent = await call('POST', '/test');
    const deliveries = await call('GET', '/deliveries');
    expect(deliveries.data).toHaveLength(1);
    const since = new Date(Date.now() - 60_000).toISOString();
    const answers = [
      ['CreatedWebhookEndpoint', created],
      ['SentTest', sent],
      ['WebhookDeliveryPage', deliveries],
      ['WebhookEndpoint', await call('GET', '')],
      ['WebhookEndpoint', await call('PATCH', '', { description: 'ours' })],
      ['RotatedSecret', await call('POST', '/rotate-secret')],
      ['ReplayedWindow', await call('POST', '/replay', { since })],
      ['WebhookEndpointList', (await api.call(key, 'GET', '/v1/webhooks')).json()],
    ] as const;
    expect(allMisfits(answers)).toEqual([]);
  });

  it('would show a field that is missing, unknown or of another kind', async () => {
    const order = await api.placed(await api.newKey());
    delete order.order_id;
    expect(misfits({ ...order, status: 'sold', extra: 1 }, sdkType('Checkout'))).toEqual([
      '$.status is "sold"',
      '$.extra is not known',
      '$.order_id is missing',
    ]);
  });
});

describe('what a webhook carries', () => {
  const order: EventOrder = {
    ...{ orderId: 'ord_0123456789ab', product: 'team_manual', priceCents: 4900, priceCurrency: 'USD', paymentId: '1' },
    ...{ status: 'partial', customerReference: null, version: 3, payCurrency: 'usdttrc20', payAmountText: '49.1' },
    ...{ actuallyPaid: '20', amountDue: '29.1', metadata: { plan: 'team' }, nextAction: 'top_up' },
    money: { pay_currency: 'usdttrc20', network: 'trx', owed: '49.1', arrived: '20', missing: '29.1', excess: '0' },
    latePayments: [
      { payment_id: '2', provider_status: 'finished', actually_paid: '5', pay_currency: 'btc', at: 'now' },
    ],
  };
  const types: Record<OrderEventType, string> = {
    'crypto.order.paid': 'PaidData',
    'crypto.order.failed': 'FailedData',
    'crypto.order.confirming': 'ChangedData',
    'crypto.order.partial': 'PartialData',
    'crypto.order.cancelled': 'ChangedData',
    'crypto.order.refunded': 'ChangedData',
    'crypto.order.late_payment': 'LatePaymentData',
  };

  it.each(orderEventTypes)('%s: data is of the type that the SDK gives it', (type) => {
    const reason = type === 'crypto.order.partial' ? 'underpaid' : 'expired';
    const data = eventData(type, order, { at: '2026-11-24T10:00:00.000Z', reason });
    expect(misfits(data, sdkType(types[type]))).toEqual([]);
  });

  it.each([null, { action: 'decline', at: '2026-11-24T11:00:00.000Z' }])(
    'crypto.order.case.…: data is of the type that the SDK gives it, with the resolution %j',
    (resolution) => {
      const at = '2026-11-24T10:00:00.000Z';
      const coins = { paymentId: '1', actuallyPaid: '5', payCurrency: 'btc' };
      const one = { id: 'case_1', kind: 'overpaid' as const, ...coins, openedAt: at, resolution };
      expect(misfits(orderCaseEventData(order, one, at), sdkType('OrderCaseData'))).toEqual([]);
    },
  );

  it.each([
    ['crypto.order.overpaid', 'OverpaidData'],
    ['crypto.order.second_payment', 'SecondPaymentData'],
  ] as const)('%s: data is of the type that the SDK gives it', (type, name) => {
    const at = '2026-11-24T10:00:00.000Z';
    const coins = { paymentId: '1', actuallyPaid: null, payCurrency: null };
    const one = { id: 'case_1', kind: 'overpaid' as const, ...coins, openedAt: at, resolution: null };
    expect(misfits(surplusEventData(type, { order, one, excess: '5', at }), sdkType(name))).toEqual([]);
  });

  it('support.case.escalated: data is of the type that the SDK gives it', () => {
    const at = '2026-11-24T10:00:00.000Z';
    const data = caseEventData({
      ...{ id: 'case_1', kind: 'late_payment', orderId: null, paymentId: '1', actuallyPaid: '5', payCurrency: 'btc' },
      ...{ openedAt: at, deadlineAt: at, escalatedAt: at },
    });
    expect(misfits(data, sdkType('CaseEscalatedData'))).toEqual([]);
  });

  it('has the same types in SDK and server', () => {
    const quoted = (names: readonly string[]) =>
      names
        .map((type) => `'${type}'`)
        .sort()
        .join('|');
    expect(sdkType('EventType')).toBe(quoted(eventTypes));
    expect((sdkType('WebhookDelivery') as { event_type: Shape }).event_type).toBe(quoted(deliveredTypes));
  });
});
