import { afterEach, describe, expect, it } from 'vitest';
import {
  ConflictError,
  FeatureUnavailableError,
  InternalError,
  Quittance,
  RateLimitError,
  TransportError,
  type QuittanceOptions,
} from '../../sdk/src/index.js';
import { defaultRetry, retryAfterSeconds, retryDelayMs } from '../../sdk/src/retry.js';
import { eventually } from '../support/eventually.js';
import { anOrder } from './an-order.js';
import {
  cutLine,
  hang,
  json,
  problem,
  raw,
  scriptedServer,
  type ScriptedServer,
  type Step,
} from './scripted-server.js';

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

async function clientOf(steps: Step[], options: Partial<QuittanceOptions> = {}) {
  server = await scriptedServer(...steps);
  const retry = { baseDelayMs: 1, maxDelayMs: 2 };
  return { client: new Quittance({ apiKey: 'k', baseUrl: server.url, retry, ...options }), seen: server.seen };
}

const checkout = { product: 'team_manual', price_cents: 4900, price_currency: 'USD' };
const broken = problem(500, 'internal');

describe('what is tried again', () => {
  it.each<[string, Step]>([
    ['a 500', broken],
    ['a 503', problem(503, 'feature-unavailable')],
    ['a 429', problem(429, 'rate-limited')],
    ['a 502 page of a proxy', raw('<html>', { status: 502 })],
    ['a line that is cut', cutLine],
  ])('a GET after %s', async (_, step) => {
    const { client, seen } = await clientOf([step, json(anOrder())]);
    expect(await client.cryptoOrders.get('ord_1')).toMatchObject({ order_id: 'ord_0123456789ab' });
    expect(seen).toHaveLength(2);
  });

  it('a GET three times, and then the error comes out', async () => {
    const { client, seen } = await clientOf([broken]);
    await expect(client.cryptoOrders.get('ord_1')).rejects.toBeInstanceOf(InternalError);
    expect(seen).toHaveLength(4);
  });

  it('a DELETE, which can be repeated without harm', async () => {
    const { client, seen } = await clientOf([broken, raw('', { status: 204 })]);
    await client.webhooks.delete('whk_1');
    expect(seen).toHaveLength(2);
  });

  it('a checkout with a key, with the same key and the same body each time', async () => {
    const { client, seen } = await clientOf([cutLine, broken, json({ order_id: 'ord_1' }, { status: 201 })]);
    const order = await client.cryptoOrders.createCheckout(checkout, { idempotencyKey: ' purchase-7 ' });
    expect(order).toEqual({ order_id: 'ord_1' });
    expect(seen.map((request) => request.headers['idempotency-key'])).toEqual([
      'purchase-7',
      'purchase-7',
      'purchase-7',
    ]);
    expect(new Set(seen.map((request) => request.body))).toEqual(new Set([JSON.stringify(checkout)]));
  });

  it('an answer that breaks off in the middle', async () => {
    const half: Step = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"order_id":');
      setImmediate(() => response.destroy());
    };
    const { client, seen } = await clientOf([half, json(anOrder())]);
    await client.cryptoOrders.get('ord_1');
    expect(seen).toHaveLength(2);
  });
});

describe('what is not tried again', () => {
  it.each<[string, (client: Quittance) => Promise<unknown>]>([
    ['a checkout without a key', (c) => c.cryptoOrders.createCheckout(checkout)],
    ['a checkout with a blank key', (c) => c.cryptoOrders.createCheckout(checkout, { idempotencyKey: '  ' })],
    ['a note', (c) => c.cryptoOrders.updateNote('ord_1', { customer_note: 'x' })],
    ['a cancel', (c) => c.cryptoOrders.cancel('ord_1')],
    ['a new endpoint', (c) => c.webhooks.create({ url: 'https://a.example', events: ['crypto.order.paid'] })],
    ['a rotation', (c) => c.webhooks.rotateSecret('whk_1')],
  ])('%s, which might then happen twice', async (_, call) => {
    const { client, seen } = await clientOf([broken]);
    await expect(call(client)).rejects.toBeInstanceOf(InternalError);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers['idempotency-key']).toBeUndefined();
  });

  it('a refusal', async () => {
    const { client, seen } = await clientOf([problem(409, 'conflict')]);
    const call = client.cryptoOrders.createCheckout(checkout, { idempotencyKey: 'k' });
    await expect(call).rejects.toBeInstanceOf(ConflictError);
    expect(seen).toHaveLength(1);
  });

  it('anything, when the caller wants no retries', async () => {
    const { client, seen } = await clientOf([broken], { retry: { maxRetries: 0 } });
    await expect(client.cryptoOrders.get('ord_1')).rejects.toBeInstanceOf(InternalError);
    expect(seen).toHaveLength(1);
  });

  it('a server that asks for more patience than a minute: the error says how much', async () => {
    const { client, seen } = await clientOf([problem(429, 'rate-limited', { retry_after_seconds: 61 })]);
    const error = await client.cryptoOrders.get('ord_1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ retryAfterSeconds: 61 });
    expect(seen).toHaveLength(1);
  });

  it('a key that no header can carry: nothing is sent', async () => {
    const { client, seen } = await clientOf([json({})]);
    const call = client.cryptoOrders.createCheckout(checkout, { idempotencyKey: 'schlüssel' });
    await expect(call).rejects.toBeInstanceOf(TypeError);
    expect(seen).toHaveLength(0);
  });

  it('an answer over 8 MiB', async () => {
    const { client, seen } = await clientOf([raw(Buffer.alloc(8 * 1024 * 1024 + 1, ' '))]);
    await expect(client.cryptoOrders.receiptText('ord_1')).rejects.toBeInstanceOf(TransportError);
    expect(seen).toHaveLength(1);
  });
});

it('an answer of 8 MiB exactly is taken', async () => {
  const { client } = await clientOf([raw(Buffer.alloc(8 * 1024 * 1024, ' '))]);
  expect(await client.cryptoOrders.receiptPdf('ord_1')).toHaveLength(8_388_608);
});

describe('Retry-After', () => {
  it('is waited for', async () => {
    const { client } = await clientOf([
      problem(503, 'feature-unavailable', {}, { 'retry-after': '1' }),
      json(anOrder()),
    ]);
    const before = performance.now();
    await client.cryptoOrders.get('ord_1');
    const waited = performance.now() - before;
    expect(waited).toBeGreaterThanOrEqual(990);
    expect(waited).toBeLessThan(3000);
  });

  const now = Date.parse('2026-11-24T10:00:00Z');
  it.each([
    ['0', 0],
    ['120', 120],
    ['Tue, 24 Nov 2026 10:00:30 GMT', 30],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    [null, null],
  ])('%j means %j seconds', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });
});

describe('the wait before a retry', () => {
  const failed = new TransportError('down', { retryable: true });
  const asked = new FeatureUnavailableError({ type: 'x', title: 'x', status: 503, detail: '', retryAfterSeconds: 2 });

  it.each([
    [failed, 0, 1, 200],
    [failed, 1, 1, 400],
    [failed, 2, 1, 800],
    [failed, 2, 0.5, 400],
    [failed, 2, 0, 0],
    [failed, 3, 1, null],
    [asked, 0, 0, 2000],
    [asked, 0, 1, 2100],
  ])('%s, retry %i, random %d: %j ms', (error, retry, random, delay) => {
    expect(retryDelayMs(error, { retry, policy: defaultRetry, random })).toBe(delay);
  });

  it('never exceeds 10 seconds', () => {
    expect(retryDelayMs(failed, { retry: 8, policy: { ...defaultRetry, maxRetries: 20 }, random: 1 })).toBe(10_000);
  });
});

describe('time and patience', () => {
  it('an attempt that takes too long is a TransportError worth a retry', async () => {
    const { client, seen } = await clientOf([hang], { timeoutMs: 50, retry: { maxRetries: 1, baseDelayMs: 1 } });
    const error = await client.cryptoOrders.get('ord_1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ status: 0, isRetryable: true });
    expect(seen).toHaveLength(2);
  });

  it('an answer that never ends runs into the same limit', async () => {
    const drip: Step = (response) => response.writeHead(200).write('{');
    const { client } = await clientOf([drip], { timeoutMs: 50, retry: { maxRetries: 0 } });
    await expect(client.cryptoOrders.get('ord_1')).rejects.toBeInstanceOf(TransportError);
  });

  it('a fetch that ignores its signal is given up as well', async () => {
    const fetch = () => new Promise<never>(() => undefined);
    const client = new Quittance({ apiKey: 'k', fetch, timeoutMs: 20, retry: { maxRetries: 0 } });
    await expect(client.cryptoOrders.get('ord_1')).rejects.toBeInstanceOf(TransportError);
  });

  it('a server that is not there is a TransportError that names the reason', async () => {
    const { client } = await clientOf([hang], { retry: { maxRetries: 0 } });
    await server?.close();
    const error = await client.cryptoOrders.get('ord_1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') as string });
  });

  it('an abort ends the call with its own reason and no retry', async () => {
    const { client, seen } = await clientOf([hang]);
    const controller = new AbortController();
    const call = client.cryptoOrders.get('ord_1', { signal: controller.signal });
    const outcome = call.catch((reason: unknown) => reason);
    await eventually(() => expect(seen).toHaveLength(1));
    controller.abort(new Error('the user left'));
    expect(await outcome).toMatchObject({ message: 'the user left' });
    expect(seen).toHaveLength(1);
  });

  it('an abort ends the wait between two attempts', async () => {
    const { client, seen } = await clientOf([broken], { retry: { baseDelayMs: 1e9, maxDelayMs: 1e9 } });
    const controller = new AbortController();
    const outcome = client.cryptoOrders.get('ord_1', { signal: controller.signal }).catch((reason: unknown) => reason);
    await eventually(() => expect(seen).toHaveLength(1));
    controller.abort();
    expect(await outcome).toMatchObject({ name: 'AbortError' });
  });

  it('a signal that was aborted before sends nothing', async () => {
    const { client, seen } = await clientOf([json(anOrder())]);
    const outcome = client.cryptoOrders
      .get('ord_1', { signal: AbortSignal.abort() })
      .catch((reason: unknown) => reason);
    expect(await outcome).toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(0);
  });
});
