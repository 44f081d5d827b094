import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findApiKey } from '../../../src/db/accounts/api-keys.js';
import { liveRows, type LiveRows } from '../../support/live-rows.js';
import { expectations } from '../../support/route-matrix.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let tester: string; // an operator's key of test mode
let live: LiveRows;

beforeAll(async () => {
  api = await testApp();
  tester = await api.newKey({ mode: 'test', scopes: ['driftstack_internal_admin'], accountId: null });
  live = await liveRows(api);
});
afterAll(() => api.close());

type Body = object | undefined;

/** What a test key gets of each route: nothing of live orders. A route that is not here fails the first test. */
const unknownRows: Record<string, (rows: LiveRows) => [path: string, body?: Body]> = {
  'GET /v1/admin/crypto-orders/:id': ({ order }) => [`/v1/admin/crypto-orders/${order}`],
  'GET /v1/admin/crypto-orders/:id/events': ({ order }) => [`/v1/admin/crypto-orders/${order}/events`],
  'PATCH /v1/admin/crypto-orders/:id/internal-note': ({ order }) => [
    `/v1/admin/crypto-orders/${order}/internal-note`,
    { internal_note: 'mine' },
  ],
  'POST /v1/admin/crypto-orders/:id/apply-ipn': ({ order }) => [
    `/v1/admin/crypto-orders/${order}/apply-ipn`,
    { provider_status: 'finished', payment_id: '1' },
  ],
  'GET /v1/admin/webhook-deliveries/:id': ({ delivery }) => [`/v1/admin/webhook-deliveries/${delivery}`],
  'POST /v1/admin/webhook-deliveries/:id/replay': ({ delivery }) => [`/v1/admin/webhook-deliveries/${delivery}/replay`],
  'POST /v1/admin/webhook-dlq/:id/requeue': ({ delivery }) => [`/v1/admin/webhook-dlq/${delivery}/requeue`],
  'POST /v1/admin/webhook-dlq/:id/discard': ({ delivery }) => [`/v1/admin/webhook-dlq/${delivery}/discard`],
  'GET /v1/admin/support-cases/:id': ({ caseId }) => [`/v1/admin/support-cases/${caseId}`],
  'POST /v1/admin/support-cases/:id/resolve': ({ caseId }) => [
    `/v1/admin/support-cases/${caseId}/resolve`,
    { action: 'honour', reason: 'because' },
  ],
  'DELETE /v1/admin/api-keys/:id': ({ key }) => [`/v1/admin/api-keys/${key}`],
};

const refused: Record<string, (rows: LiveRows) => [path: string, body?: Body]> = {
  'POST /v1/admin/accounts': () => ['/v1/admin/accounts', { name: 'another' }],
  'PATCH /v1/admin/accounts/:id': ({ account }) => [`/v1/admin/accounts/${account}`, { name: 'another' }],
  'PUT /v1/admin/accounts/:id/policy': ({ account }) => [`/v1/admin/accounts/${account}/policy`, { policy: {} }],
  'PUT /v1/admin/accounts/:id/provider-credentials': ({ account }) => [
    `/v1/admin/accounts/${account}/provider-credentials`,
    { mode: 'live', api_key: 'a-key-of-somebody', ipn_secret: 'a-secret-of-somebody' },
  ],
  'PATCH /v1/admin/accounts/:id/profile': ({ account }) => [
    `/v1/admin/accounts/${account}/profile?mode=live`,
    { display_name: 'Another' },
  ],
  'PUT /v1/admin/accounts/:id/products': ({ account }) => [`/v1/admin/accounts/${account}/products`, { products: [] }],
  'POST /v1/admin/api-keys': ({ account }) => [
    '/v1/admin/api-keys',
    { account_id: account, mode: 'live', scopes: ['write'], name: 'mine' },
  ],
  'POST /v1/admin/reconcile': () => ['/v1/admin/reconcile'],
  'GET /v1/admin/reconcile-runs': () => ['/v1/admin/reconcile-runs'],
  'GET /v1/admin/audit-log': () => ['/v1/admin/audit-log'],
  'GET /v1/admin/approvals': () => ['/v1/admin/approvals'],
  'POST /v1/admin/approvals/:id/approve': () => [`/v1/admin/approvals/apr_${randomUUID()}/approve`],
  'POST /v1/admin/approvals/:id/decline': () => [`/v1/admin/approvals/apr_${randomUUID()}/decline`],
};

const lists = [
  ...['GET /v1/admin/crypto-orders', 'GET /v1/admin/crypto-orders.csv', 'GET /v1/admin/support-cases'],
  ...['GET /v1/admin/webhook-dlq', 'GET /v1/admin/api-keys'],
  ...['GET /v1/admin/receipts.csv', 'GET /v1/admin/movements.csv'],
];
const isBook = (path: string) => path.endsWith('/receipts.csv') || path.endsWith('/movements.csv');
const figures = ['GET /v1/admin/crypto-orders/stats', 'GET /v1/admin/crypto-orders/pending-age'];
const elsewhere = [
  'GET /v1/admin/crypto-orders/daily', // as the other figures
  'POST /v1/admin/crypto-orders/sweep-expired', // below
  'POST /v1/admin/accounts/:id/policy/dry-run', // rehearses on test orders
  // Of no mode, and only shown:
  ...['GET /v1/admin/accounts', 'GET /v1/admin/accounts/:id', 'GET /v1/admin/accounts/:id/policy'],
  ...['GET /v1/admin/accounts/:id/profile', 'GET /v1/admin/accounts/:id/products'],
  'GET /v1/admin/crypto-orders/idempotency-metrics',
];

const call = (route: string, [path, body]: readonly [string, Body?]) =>
  api.call(tester, route.split(' ')[0] as 'GET', path, body ? { body } : {});

describe("an operator's key of test mode", () => {
  it('is judged here at every route', () => {
    const named = [...Object.keys(unknownRows), ...Object.keys(refused), ...lists, ...figures, ...elsewhere];
    const routes = Object.keys(expectations).filter((route) => route.includes(' /v1/admin/'));
    expect(named.toSorted()).toEqual(routes.toSorted());
  });

  it.each(Object.keys(unknownRows))('finds nothing live at %s', async (route) => {
    const answer = await call(route, unknownRows[route]!(live));
    expect(answer.statusCode, answer.body).toBe(404);
  });

  it.each(Object.keys(refused))('is refused at %s', async (route) => {
    const answer = await call(route, refused[route]!(live));
    expect(answer.statusCode, answer.body).toBe(403);
    expect(answer.json().detail).toMatch(/test key/i);
  });

  it.each(lists)('lists nothing live at %s', async (route) => {
    const path = route.split(' ')[1]!;
    const query = isBook(path) ? `account_id=${live.account}&month=${new Date().toISOString().slice(0, 7)}&` : '';
    const answer = await call(route, [`${path}?${query}`]);
    expect(answer.statusCode, answer.body).toBe(200);
    for (const id of Object.values(live).filter((each) => each !== live.account)) expect(answer.body).not.toContain(id);
    if (path.endsWith('dlq')) return;
    const asked = path.endsWith('api-keys') ? 'mode=live' : 'livemode=true';
    expect((await call(route, [`${path}?${query}${asked}`])).statusCode).toBe(403);
  });

  it.each(figures)('counts nothing live at %s', async (route) => {
    const path = route.split(' ')[1]!;
    expect((await call(route, [path])).json()).toMatchObject({ total: 0 });
    expect((await call(route, [`${path}?livemode=true`])).statusCode).toBe(403);
  });

  it('ends no live window', async () => {
    await api.deps.pool.query(`update orders set created_at = now() - interval '2 days'`);
    const answer = await call('POST', ['/v1/admin/crypto-orders/sweep-expired', { older_than_hours: 1 }]);
    expect(answer.json()).toEqual({ expired: 0, capped: false, older_than_hours: 1 });
    expect(api.runs.handedOver).toEqual([]);
  });

  it('changed nothing by all of that', async () => {
    const { rows } = await api.deps.pool.query<{ action: string }>('select action from audit_log');
    const exported = ['crypto_orders.exported', 'receipts.exported', 'movements.exported'];
    expect(rows.map(({ action }) => action)).toEqual(['webhook_endpoint.created', ...exported]); // the first by the live key that set the scene
    expect(await findApiKey(api.deps.pool, live.key.slice(4))).toMatchObject({ revokedAt: null });
  });

  it('makes and revokes test keys', async () => {
    const body = { account_id: live.account, mode: 'test', scopes: ['write'], name: 'for trying' };
    const made = await call('POST', ['/v1/admin/api-keys', body]);
    expect(made.statusCode).toBe(201);
    expect((await call('DELETE', [`/v1/admin/api-keys/${made.json().id}`])).statusCode).toBe(204);
  });
});
