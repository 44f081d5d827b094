import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silenceLimitMs, statementLimitMs } from '../../src/db/session.js';
import { startCrashWorld, type CrashWorld } from '../support/crash-world.js';
import { eventually } from '../support/eventually.js';
import { testTemporal, type TestTemporal } from '../support/temporal.js';

// A server that is stopped refuses nothing and enforces no limit: only our own end the wait.
let temporal: TestTemporal;
let world: CrashWorld;
let payPath: string;
let orderPath: string;
beforeAll(async () => {
  temporal = await testTemporal();
  world = await startCrashWorld(temporal);
  world.startApi();
  world.startWorker();
  const order = await eventually(
    async () => {
      const { status, body } = await world.live.checkout();
      expect([status, body.payment_address]).toEqual([201, expect.any(String)]);
      return body;
    },
    { timeoutMs: 90_000, intervalMs: 500 },
  );
  payPath = new URL(order.payment_url).pathname;
  orderPath = `/v1/billing/crypto-orders/${order.order_id}`;
}, 120_000);
afterAll(async () => {
  world?.postgres.resume();
  world?.temporal.mend();
  await world?.close();
  await temporal?.close();
}, 60_000);

const secret = () => world.env.NOWPAYMENTS_IPN_SECRET ?? '';
const get = (path: string) => fetch(world.apiUrl + path, { redirect: 'manual' });
function ipn(): Promise<Response> {
  const body = '{"payment_id":1,"payment_status":"waiting"}';
  const signature = createHmac('sha512', secret()).update(body).digest('hex');
  return fetch(`${world.apiUrl}/v1/webhooks/nowpayments`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-nowpayments-sig': signature },
  });
}

describe('while PostgreSQL is stopped', () => {
  it('every door says so while it lasts: 503 and Retry-After, whatever was asked, and more than there are connections', async () => {
    world.postgres.hang();
    const asked = [
      ['IPN', ipn()],
      ['checkout', world.live.checkout({}, 'key-of-a-hang')],
      ['order', world.live.call('GET', orderPath)],
      ['cancellation', world.live.call('POST', `${orderPath}/cancel`)],
      ['payment page', get(payPath)],
      ['its stream', get(`${payPath}/events`)],
      ...Array.from({ length: 20 }, (_, at) => [`list ${at}`, world.live.call('GET', '/v1/billing/crypto-orders')]),
    ] as [string, Promise<{ status: number; headers: Headers }>][];
    for (const [what, answer] of asked) {
      const { status, headers } = await answer;
      expect([what, status, Number(headers.get('retry-after')) > 0]).toEqual([what, 503, true]);
    }
    expect((await get('/readyz')).status).toBe(503);
    expect((await get('/healthz')).status).toBe(200);
  }, 60_000);

  it('and afterwards all of it is answered, on fresh connections', async () => {
    world.postgres.resume();
    await eventually(async () => expect((await world.live.call('GET', orderPath)).status).toBe(200), {
      timeoutMs: 25_000,
    });
    const { status } = await world.live.checkout({}, 'key-of-a-hang');
    expect(status).toBe(201);
    expect((await ipn()).status).toBe(200);
  }, 60_000);

  it('our limit lies behind the server’s own, and leaves room within five seconds', () => {
    expect(silenceLimitMs).toBeGreaterThan(statementLimitMs);
    expect(silenceLimitMs).toBeLessThan(5_000);
  });
});

describe('while Temporal hangs', () => {
  it('a checkout is stored and answered without an address, a cancellation is refused for now', async () => {
    world.temporal.hold();
    const cancellation = await world.live.call('POST', `${orderPath}/cancel`);
    expect(cancellation.status).toBe(503);
    expect(Number(cancellation.headers.get('retry-after'))).toBeGreaterThan(0);
    const checkout = await world.live.checkout({}, 'key-without-temporal');
    expect(checkout.status).toBe(201);
    expect(checkout.body).toMatchObject({ status: 'pending', payment_address: null });
    expect((await ipn()).status).toBe(200);
    world.temporal.mend();
    await eventually(
      async () => {
        const replay = await world.live.checkout({}, 'key-without-temporal');
        expect(replay.body.payment_address).toEqual(expect.any(String));
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
  }, 120_000);
});

describe('while the provider wants nobody to call for a day', () => {
  it('a checkout does not wait for an address that cannot come', async () => {
    await world.sim('/faults', { endpoint: 'POST /payment', fault: 'http_429', retry_after: 86_400 });
    const first = await world.live.checkout();
    expect(first.body).toMatchObject({ status: 'pending', payment_address: null });
    const { rows } = await world.pool.query(
      "select rests_until > now() + interval '1 minute' as rests from provider_lanes",
    );
    expect(rows).toEqual([{ rests: true }]);
  }, 60_000);
});
