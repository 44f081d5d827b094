import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { accept, answering, blackHole, signatureOf, signersOf, startHooks, type Hooks } from '../support/hooks.js';
import { startStack, type Stack } from '../support/stack.js';

// Eleven waits: the first is long enough for another second on the signature's clock.
const waits = ['1200 milliseconds', ...Array.from({ length: 10 }, () => '60 milliseconds')];

let hooks: Hooks;
let stack: Stack;
beforeAll(async () => {
  hooks = await startHooks();
  stack = await startStack({
    env: { WEBHOOK_ALLOW_TARGETS: hooks.target, WEBHOOK_RETRY_WAITS: waits.join(','), RECONCILE_EVERY: '1 hour' },
  });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await hooks?.close();
});

const endOf = (deliveryId: string) =>
  stack.client.workflow.getHandle(`deliver-webhook/${deliveryId.slice('wdl_'.length)}`).result();

describe('a paid order', () => {
  it('reaches each endpoint once, with one event id and two signatures that verify (example 48)', async () => {
    const shop = await openShop(stack);
    const [one, two, other] = [hooks.at('one'), hooks.at('two'), hooks.at('other')];
    const endpoints = [await shop.endpoint(one.url), await shop.endpoint(two.url)];
    await shop.endpoint(other.url, ['crypto.order.failed']);
    const orderId = await shop.paidOrder();
    for (const endpoint of endpoints) await shop.delivery(endpoint, { status: 'delivered', attempts: 1 });

    const [first, second] = [one.received[0]!, two.received[0]!];
    expect([one.received.length, two.received.length, other.received.length]).toEqual([1, 1, 0]);
    expect(second.body).toBe(first.body);
    const event = JSON.parse(first.body);
    expect(event).toMatchObject({ type: 'crypto.order.paid', data: { order_id: orderId, price_cents: 4900 } });
    for (const [n, request] of [first, second].entries()) {
      expect(request.method).toBe('POST');
      expect(request.headers).toMatchObject({
        'content-type': 'application/json',
        'user-agent': 'driftstack-webhooks/1.0',
        'x-driftstack-event-id': event.id,
        'x-driftstack-event-type': 'crypto.order.paid',
        'webhook-id': event.id,
        'webhook-timestamp': signatureOf(request).t,
      });
      const { secret } = endpoints[n]!;
      const secrets = endpoints.map((endpoint) => endpoint.secret);
      expect(signersOf(request, secrets)).toEqual({ contract: [secret], standard: [secret] });
    }
    const log = await shop.delivery(endpoints[0]!, { event_id: event.id, last_response_status: 204, last_error: null });
    expect(log['delivered_at']).toEqual(expect.any(String));
  });

  it('in test mode reaches endpoints of test mode only', async () => {
    const shop = await openShop(stack);
    const live = hooks.at('live-only');
    await shop.endpoint(live.url);
    const test = hooks.at('test-only');
    const body = { url: test.url, events: ['crypto.order.cancelled'] };
    expect((await stack.test.call('POST', '/v1/webhooks', body)).status).toBe(201);
    const { body: order } = await stack.test.checkout();
    await stack.test.call('POST', `/v1/billing/crypto-orders/${order['order_id']}/cancel`);
    await eventually(() => expect(test.received).toHaveLength(1));
    expect(live.received).toEqual([]);
  });

  it('a test ping arrives, signed, whatever the endpoint subscribed to', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('ping');
    const endpoint = await shop.endpoint(hook.url);
    const { status, body } = await shop.call('POST', `/v1/webhooks/${endpoint.id}/test`);
    expect(status).toBe(202);
    await shop.delivery(endpoint, { id: body['delivery_id'], event_type: 'test.ping', status: 'delivered' });
    expect(JSON.parse(hook.received[0]!.body)).toMatchObject({
      id: body['event_id'],
      data: { webhook_id: endpoint.id },
    });
    expect(signersOf(hook.received[0]!, [endpoint.secret])).toEqual({
      contract: [endpoint.secret],
      standard: [endpoint.secret],
    });
  });
});

describe('an endpoint that fails', () => {
  it('is tried again in a workflow: same id, same bytes, fresh t; then it is delivered (example 49)', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('flaky', (response, attempt) => response.writeHead(attempt === 1 ? 500 : 200).end('hm'));
    const endpoint = await shop.endpoint(hook.url);
    await shop.paidOrder();
    const { id } = await shop.delivery(endpoint, { status: 'delivered', attempts: 2, last_response_status: 200 });
    expect(await endOf(id)).toBe('delivered');
    const [first, second] = hook.received;
    expect(hook.received).toHaveLength(2);
    expect(second!.body).toBe(first!.body);
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(Number(signatureOf(second!).t)).toBeGreaterThan(Number(signatureOf(first!).t));
    for (const request of hook.received)
      expect(signersOf(request, [endpoint.secret])).toEqual({
        contract: [endpoint.secret],
        standard: [endpoint.secret],
      });
    const { rows } = await stack.pool.query(
      'select n, response_status, excerpt, error, duration_ms from delivery_attempts where delivery_id = $1 order by n',
      [id.slice('wdl_'.length)],
    );
    expect(rows).toEqual([
      { n: 1, response_status: 500, excerpt: 'hm', error: 'HTTP 500', duration_ms: expect.any(Number) },
      { n: 2, response_status: 200, excerpt: null, error: null, duration_ms: expect.any(Number) },
    ]);
  });

  it('twelve times has a dead letter that keeps the last answer, and one failure more in its row', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('broken', (response, attempt) => response.writeHead(503).end(`down ${attempt}`));
    const endpoint = await shop.endpoint(hook.url);
    await shop.paidOrder();
    const dead = await shop.delivery(endpoint, { status: 'dlq', attempts: 12, next_attempt_at: null });
    expect(dead).toMatchObject({ last_response_status: 503, last_response_excerpt: 'down 12', last_error: 'HTTP 503' });
    expect(await endOf(dead['id'])).toBe('dlq');
    expect(hook.received).toHaveLength(12);
    expect(new Set(hook.received.map(({ body }) => body)).size).toBe(1);
    const { body } = await shop.call('GET', `/v1/webhooks/${endpoint.id}`);
    expect(body).toMatchObject({ consecutive_failures: 1, active: true, delivery_counts: { dlq: 1, delivered: 0 } });

    hook.answer = accept;
    await shop.call('POST', `/v1/webhook-deliveries/${dead['id']}/replay`);
    await shop.delivery(endpoint, { status: 'delivered', attempts: 1 });
    expect(hook.received[12]!.body).toBe(hook.received[0]!.body);
    expect((await shop.call('GET', `/v1/webhooks/${endpoint.id}`)).body).toMatchObject({ consecutive_failures: 0 });
  });

  it('and whose fiftieth delivery in a row dies is disabled', async () => {
    const shop = await openShop(stack);
    const endpoint = await shop.endpoint(hooks.at('hopeless', answering(404)).url);
    await stack.pool.query('update webhook_endpoints set consecutive_failures = 49 where id = $1', [
      endpoint.id.slice('whk_'.length),
    ]);
    await shop.paidOrder();
    const { id } = await shop.delivery(endpoint, { status: 'pending', attempts: 1 });
    await stack.pool.query('update deliveries set attempts = 11 where id = $1', [id.slice('wdl_'.length)]);
    await shop.delivery(endpoint, { status: 'dlq', attempts: 12 });
    const { body } = await shop.call('GET', `/v1/webhooks/${endpoint.id}`);
    expect(body).toMatchObject({ active: false, disabled_reason: 'failures', consecutive_failures: 50 });
  });

  it('with 410 is disabled at once; active: true and a window replay deliver what it missed (example 51)', async () => {
    const shop = await openShop(stack);
    const since = new Date(Date.now() - 60_000).toISOString();
    const hook = hooks.at('gone', answering(410));
    const endpoint = await shop.endpoint(hook.url);
    await shop.paidOrder();
    await shop.delivery(endpoint, { status: 'dlq', attempts: 1, last_response_status: 410 });
    const { body: disabled } = await shop.call('GET', `/v1/webhooks/${endpoint.id}`);
    expect(disabled).toMatchObject({ active: false, disabled_reason: 'gone' });

    await shop.paidOrder(); // nobody is asked any more
    expect(await shop.deliveries(endpoint)).toMatchObject([{ status: 'dlq', attempts: 0 }, { status: 'dlq' }]);
    expect(hook.received).toHaveLength(1);

    hook.answer = accept;
    await shop.change(endpoint, { active: true });
    const replay = await shop.call('POST', `/v1/webhooks/${endpoint.id}/replay`, { since });
    expect([replay.status, replay.body]).toEqual([202, { replayed: 2 }]);
    await eventually(async () =>
      expect(await shop.deliveries(endpoint)).toMatchObject([{ status: 'delivered' }, { status: 'delivered' }]),
    );
    expect(hook.received).toHaveLength(3);
  });

  it('with a redirect is not followed (example 52)', async () => {
    const shop = await openShop(stack);
    const elsewhere = hooks.at('elsewhere');
    const hook = hooks.at('moved', (response, attempt) =>
      attempt === 1 ? response.writeHead(301, { location: elsewhere.url }).end() : response.writeHead(204).end(),
    );
    const endpoint = await shop.endpoint(hook.url);
    await shop.paidOrder();
    const { id } = await shop.delivery(endpoint, { status: 'delivered', attempts: 2 });
    const { rows } = await stack.pool.query(
      'select response_status, error from delivery_attempts where delivery_id = $1 and n = 1',
      [id.slice('wdl_'.length)],
    );
    expect(rows).toEqual([{ response_status: 301, error: 'HTTP 301 (redirects are not followed)' }]);
    expect(elsewhere.received).toEqual([]);
  });
});

describe('a pause', () => {
  it('holds first attempts; a resume delivers them', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('paused');
    const endpoint = await shop.endpoint(hook.url);
    await shop.change(endpoint, { active: false });
    await shop.paidOrder();
    await shop.delivery(endpoint, { status: 'pending', attempts: 0, next_attempt_at: null });
    expect(hook.received).toEqual([]);
    await shop.change(endpoint, { active: true });
    await shop.delivery(endpoint, { status: 'delivered', attempts: 1 });
  });

  it('holds retries too, and costs no open run; one that fails after the resume is followed again', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('paused-later', answering(500));
    const endpoint = await shop.endpoint(hook.url);
    await shop.paidOrder();
    const { id } = await shop.delivery(endpoint, { status: 'pending', attempts: 1 });
    await shop.change(endpoint, { active: false });
    const run = stack.client.workflow.getHandle(`deliver-webhook/${id.slice('wdl_'.length)}`);
    expect(await run.result()).toBe('paused');
    expect((await run.describe()).historyLength).toBeLessThan(30);
    const attempts = hook.received.length;
    await shop.change(endpoint, { active: true });
    await eventually(async () => expect((await run.describe()).status.name).toBe('RUNNING'));
    hook.answer = accept;
    const { attempts: made } = await shop.delivery(endpoint, { status: 'delivered' });
    expect(made).toBeGreaterThan(attempts + 1);
    expect(await run.result()).toBe('delivered');
  });
});

describe('a black hole', () => {
  it('costs neither the order nor other endpoints their time', async () => {
    const shop = await openShop(stack);
    const [hole, hook] = [hooks.at('hole', blackHole), hooks.at('beside-the-hole')];
    const stuck = await shop.endpoint(hole.url);
    const endpoint = await shop.endpoint(hook.url);
    const orderId = await shop.paidOrder();
    const run = stack.client.workflow.getHandle(`crypto-order/${orderId}`);
    await run.result();
    const delivered = await shop.delivery(endpoint, { status: 'delivered' });
    expect(await shop.deliveries(stuck)).toMatchObject([{ status: 'in_flight', attempts: 1 }]);
    expect(Date.parse(delivered['delivered_at']) - Date.parse(delivered['created_at'])).toBeLessThan(5_000);

    await stack.pool.query(
      `with made as (
         insert into outgoing_events (id, account_id, mode, type, body, created_at)
         select gen_random_uuid(), $1, 'live', 'crypto.order.paid', '{}', now() from generate_series(1, 2000) returning id)
       insert into deliveries (id, event_id, endpoint_id, account_id, mode, next_attempt_at, created_at, updated_at)
       select gen_random_uuid(), id, $2, $1, 'live', now(), now(), now() from made`,
      [shop.accountId, stuck.id.slice('whk_'.length)],
    );
    await eventually(() => expect(hole.received.length).toBeGreaterThan(1));
    const { body } = await shop.call('POST', `/v1/webhooks/${endpoint.id}/test`);
    await eventually(async () => {
      const ping = (await shop.deliveries(endpoint)).find(({ id }) => id === body['delivery_id']);
      expect(ping).toMatchObject({ status: 'delivered' });
    });
    expect(hole.received.length).toBeLessThanOrEqual(8);
  });
});
