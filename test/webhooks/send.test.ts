import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { createSender, type Sender, type SenderSettings } from '../../src/webhooks/send.js';
import { newWebhookSecret, signatureHeaders } from '../../src/webhooks/sign.js';
import { eventually } from '../support/eventually.js';
import { type Receiver, startReceiver } from './receiver.js';

const body = '{"id":"evt_1","type":"crypto.order.paid","data":{"note":"née ☕"}}';
const open: (Receiver | Sender)[] = [];

async function receiver(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const started = await startReceiver(...args);
  open.push(started);
  return started;
}

function sender(settings: Partial<SenderSettings> = {}): Sender {
  const created = createSender({ allowTargets: [], ownHosts: [], ...settings });
  open.push(created);
  return created;
}

const to = (url: string, headers = {}) => ({ endpointId: 'whk_1', url, body, headers });

afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

describe('a delivery', () => {
  it('reaches the receiver as the bytes that were signed', async () => {
    const merchant = await receiver((response) => response.writeHead(200).end('ok'));
    const secret = newWebhookSecret();
    const headers = signatureHeaders({
      eventId: 'evt_1',
      eventType: 'crypto.order.paid',
      body,
      secrets: [secret],
      nowMs: Date.now(),
    });
    const result = await sender({ allowTargets: [merchant.target] }).send(to(`${merchant.url}?shop=1`, headers));
    expect(result).toEqual({
      ok: true,
      status: 200,
      excerpt: null,
      error: null,
      retryAfterMs: null,
      durationMs: expect.any(Number),
    });
    const [got] = merchant.received;
    expect(got).toMatchObject({ method: 'POST', path: '/hook?shop=1', body });
    expect(got?.headers).toMatchObject({ ...headers, host: merchant.target, 'accept-encoding': 'identity' });
    expect(new Webhook(secret).verify(got!.body, got!.headers as Record<string, string>)).toMatchObject({
      id: 'evt_1',
    });
  });

  it.each([201, 202, 204, 299])('is accepted with %i', async (status) => {
    const merchant = await receiver((response) => response.writeHead(status).end());
    expect(await sender({ allowTargets: [merchant.target] }).send(to(merchant.url))).toMatchObject({
      ok: true,
      status,
    });
  });

  it.each([400, 401, 404, 410, 429, 500, 503])('fails with %i and keeps the answer', async (status) => {
    const merchant = await receiver((response) => response.writeHead(status).end(`no: ${status}`));
    expect(await sender({ allowTargets: [merchant.target] }).send(to(merchant.url))).toMatchObject({
      ok: false,
      status,
      excerpt: `no: ${status}`,
      error: `HTTP ${status}`,
    });
  });

  it.each([301, 302, 303, 307, 308])('does not follow %i', async (status) => {
    const secretPlace = await receiver((response) => response.end('internal'));
    const merchant = await receiver((response) => response.writeHead(status, { location: secretPlace.url }).end());
    const allowTargets = [merchant.target, secretPlace.target];
    expect(await sender({ allowTargets }).send(to(merchant.url))).toMatchObject({
      ok: false,
      status,
      excerpt: null,
      error: `HTTP ${status} (redirects are not followed)`,
    });
    expect(secretPlace.received).toEqual([]);
  });

  it.each([
    ['120', 120_000],
    ['0', null],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    ['999999999', 604_800_000],
    ['9'.repeat(400), 604_800_000],
    ['Tue, 24 Nov 2026 10:02:00 GMT', 120_000],
    ['Tuesday, 24-Nov-26 10:02:00 GMT', 120_000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', null],
    ['Tue, 99 Foo 2026 10:02:00 GMT', null],
    ['2026-11-24T10:02:00Z', null],
  ])('reports Retry-After %j as %j ms', async (value, retryAfterMs) => {
    const merchant = await receiver((response) => response.writeHead(429, { 'retry-after': value }).end());
    const now = () => Date.parse('2026-11-24T10:00:00Z');
    const result = await sender({ allowTargets: [merchant.target], now }).send(to(merchant.url));
    expect(result).toMatchObject({ ok: false, status: 429, retryAfterMs });
  });

  it('ignores a Retry-After that is said twice', async () => {
    const merchant = await receiver((response) =>
      response.writeHead(503, ['retry-after', '5', 'retry-after', '9']).end(),
    );
    const result = await sender({ allowTargets: [merchant.target] }).send(to(merchant.url));
    expect(result.retryAfterMs).toBeNull();
  });

  it('is not sent through a proxy from the environment', async () => {
    const proxy = await receiver((response) => response.end());
    const merchant = await receiver((response) => response.end());
    process.env.HTTP_PROXY = process.env.http_proxy = process.env.ALL_PROXY = `http://${proxy.target}`;
    try {
      const result = await sender({ allowTargets: [merchant.target] }).send(to(merchant.url));
      expect(result.ok).toBe(true);
      expect(proxy.sockets.opened).toBe(0);
    } finally {
      delete process.env.HTTP_PROXY;
      delete process.env.http_proxy;
      delete process.env.ALL_PROXY;
    }
  });
});

describe('the connections of an endpoint', () => {
  it('are used again', async () => {
    const merchant = await receiver((response) => response.writeHead(200).end('ok'));
    const sending = sender({ allowTargets: [merchant.target] });
    for (let count = 0; count < 20; count += 1) expect((await sending.send(to(merchant.url))).ok).toBe(true);
    expect(merchant.sockets.opened).toBeLessThanOrEqual(2);
  });

  it('are its own, 128 at most', async () => {
    const merchant = await receiver((response) => response.writeHead(200).end('ok'));
    const sending = sender({ allowTargets: [merchant.target] });
    const endpoints = ['whk_1', 'whk_2'];
    const attempts = Array.from({ length: 300 }, (_, n) => ({ ...to(merchant.url), endpointId: endpoints[n % 2]! }));
    const results = await Promise.all(attempts.map((attempt) => sending.send(attempt)));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(merchant.sockets.opened).toBe(256);
  });

  it('are closed for the endpoint that waited longest when there are too many', async () => {
    const merchant = await receiver((response) => response.writeHead(200).end('ok'));
    const sending = sender({ allowTargets: [merchant.target], maxPools: 2 });
    for (const endpointId of ['whk_1', 'whk_2', 'whk_1', 'whk_3']) {
      expect((await sending.send({ ...to(merchant.url), endpointId })).ok).toBe(true);
    }
    await eventually(() => expect([...merchant.sockets.open]).toEqual([1, 3]));
    await sending.send(to(merchant.url)); // the first endpoint was used again, so its connection is still there
    expect(merchant.sockets.opened).toBe(3);
  });

  it('end with the sender', async () => {
    const merchant = await receiver((response) => response.writeHead(200).end('ok'));
    const sending = sender({ allowTargets: [merchant.target] });
    await sending.send(to(merchant.url));
    await sending.close();
    await eventually(() => expect(merchant.sockets.open.size).toBe(0));
  });
});

describe('a black hole', () => {
  it('holds up no other endpoint', async () => {
    const blackHole = await receiver(() => undefined);
    const merchant = await receiver((response) => response.writeHead(200).end('ok'));
    const sending = sender({ allowTargets: [blackHole.target, merchant.target], timeoutMs: 1_000 });
    const stuck = Array.from({ length: 4 }, () => sending.send({ ...to(blackHole.url), endpointId: 'whk_hole' }));
    const others = await Promise.all(Array.from({ length: 50 }, () => sending.send(to(merchant.url))));
    expect(others.every(({ ok }) => ok)).toBe(true);
    expect((await Promise.all(stuck)).map(({ error }) => error)).toEqual(['timeout', 'timeout', 'timeout', 'timeout']);
  });
});
