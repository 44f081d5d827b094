import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PaymentId } from '../../src/domain/ids.js';
import { eventually } from '../support/eventually.js';
import {
  aGateway,
  aMint,
  anAccount,
  aProvider,
  created,
  cut,
  flood,
  hang,
  html,
  json,
  raw,
  reset,
  silence,
} from './provider-double.js';

const paymentId = '5745459419' as PaymentId;

describe('a provider that misbehaves', () => {
  const cases = [
    ['does not answer', silence, /within 300 ms/],
    ['sends headers and then nothing', hang, /within 300 ms/],
    ['resets the connection', reset, /ECONNRESET|UND_ERR_SOCKET/],
    ['cuts its answer', cut, /UND_ERR_SOCKET|closed/],
    ['sends 10 MiB', flood(10 * 1024 * 1024), /over 262144 bytes/],
    ['announces 257 KiB', raw(200, ' '.repeat(257 * 1024)), /over 262144 bytes/],
    ['answers with HTML', html, /502 with HTML/],
    ['answers 200 with HTML', raw(200, '<html>', { 'content-type': 'text/html' }), /200 with HTML/],
    ['answers 403 with HTML', raw(403, '<html>', { 'content-type': 'text/html' }), /403 with HTML/],
    ['answers with nothing', raw(200, ''), /200 with nothing/],
    ['answers with cut JSON', raw(201, JSON.stringify(created).slice(0, 100)), /201 with no whole JSON/],
    [
      'answers with bytes that are no UTF-8',
      (response) => response.writeHead(200).end(Buffer.from([0x7b, 0xff, 0x7d])),
      /UTF-8/,
    ],
    ['compresses', raw(200, 'x', { 'content-encoding': 'gzip' }), /compressed/],
    ['fails', json(500, { code: 'INTERNAL_ERROR', message: 'oops' }), /500 INTERNAL_ERROR oops/],
  ] satisfies [string, Parameters<typeof aProvider>[0][string], RegExp][];

  it.each(cases)('%s: a read is unavailable, a create unknown', async (_name, reply, words) => {
    const provider = await aProvider({ [`GET payment/${paymentId}`]: reply, 'POST payment': reply });
    const gateway = aGateway({ timeoutMs: 300 });
    const account = anAccount(provider.url);
    const message = expect.stringMatching(words) as string;
    expect(await gateway.read(account, paymentId, 'poll')).toEqual({
      kind: 'unavailable',
      message,
      retryAfterMs: null,
      alarm: false,
    });
    expect(await gateway.mint(account, aMint)).toEqual({ kind: 'unknown', message, alarm: false, paymentId: null });
    expect(provider.heard).toHaveLength(2); // nothing is repeated on its own
  });

  it('sends elsewhere: it is not followed', async () => {
    const other = await aProvider({ 'POST payment': json(201, created) });
    const redirect = json(307, {}, { location: `${other.url}/payment` });
    const provider = await aProvider({ 'POST payment': redirect, [`GET payment/${paymentId}`]: redirect });
    const gateway = aGateway();
    expect(await gateway.mint(anAccount(provider.url), aMint)).toMatchObject({
      kind: 'unknown',
      message: 'redirect 307',
    });
    expect(await gateway.read(anAccount(provider.url), paymentId, 'poll')).toMatchObject({ kind: 'unavailable' });
    expect(other.heard).toEqual([]);
  });

  it('sends without end: the connection is closed, not read on', async () => {
    const provider = await aProvider({ 'POST payment': flood(10 * 1024 ** 3) });
    expect(await aGateway().mint(anAccount(provider.url), aMint)).toMatchObject({ kind: 'unknown' });
    await eventually(() => expect(provider.sockets.size).toBe(0));
  });

  it('drips a byte now and then: the whole answer has one limit', async () => {
    const drip: (response: import('node:http').ServerResponse) => void = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
    };
    const provider = await aProvider({ 'POST payment': drip });
    const outcome = await aGateway({ timeoutMs: 300 }).mint(anAccount(provider.url), aMint);
    expect(outcome).toMatchObject({ kind: 'unknown', message: 'no whole answer within 300 ms' });
  });
});

describe('a request that never left', () => {
  async function aClosedPort(): Promise<string> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return `http://127.0.0.1:${port}/v1`;
  }

  it('because nobody listens is not sent', async () => {
    const account = anAccount(await aClosedPort());
    const gateway = aGateway();
    expect(await gateway.mint(account, aMint)).toEqual({
      kind: 'not_sent',
      message: 'ECONNREFUSED',
      retryAfterMs: null,
    });
    expect(await gateway.read(account, paymentId, 'poll')).toMatchObject({
      kind: 'unavailable',
      message: 'ECONNREFUSED',
    });
  });

  it('because the name is unknown is not sent', async () => {
    const outcome = await aGateway().mint(anAccount('http://provider.invalid/v1'), aMint);
    expect(outcome).toMatchObject({
      kind: 'not_sent',
      message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) as string,
    });
  });

  it('because TLS could not be agreed on is not sent', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    expect(await aGateway({ timeoutMs: 500 }).mint(anAccount(url), aMint)).toMatchObject({ kind: 'not_sent' });
  });

  it('because the handshake took too long is not sent', async () => {
    const server = createServer(() => {}); // takes the connection and never speaks TLS
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const outcome = await aGateway({ connectTimeoutMs: 200 }).mint(anAccount(url), aMint);
    expect(outcome).toMatchObject({ kind: 'not_sent', message: 'UND_ERR_CONNECT_TIMEOUT' });
  });
});

describe('a 429', () => {
  it('on a create made nothing, and says when to come back', async () => {
    const provider = await aProvider({ 'POST payment': json(429, {}, { 'retry-after': '7' }) });
    const gateway = aGateway({ clock: () => 0 });
    expect(await gateway.mint(anAccount(provider.url), aMint)).toMatchObject({ kind: 'not_sent', retryAfterMs: 7000 });
    expect(await gateway.read(anAccount(provider.url), paymentId, 'decision')).toMatchObject({
      kind: 'unavailable',
      retryAfterMs: 7000,
    });
    expect(provider.heard).toHaveLength(1);
  });

  it('may name a date', async () => {
    const headers = { 'retry-after': 'Tue, 24 Nov 2026 20:00:30 GMT', date: 'Tue, 24 Nov 2026 20:00:00 GMT' };
    const provider = await aProvider({ [`GET payment/${paymentId}`]: raw(429, '<html>', headers) });
    const outcome = await aGateway({ clock: () => 0 }).read(anAccount(provider.url), paymentId, 'poll');
    expect(outcome).toMatchObject({ kind: 'unavailable', retryAfterMs: 30_000 });
  });
});

describe('the breaker of an account', () => {
  it('opens after failures for five orders in a row, spares the provider, and leaves other accounts alone', async () => {
    let now = 0;
    const provider = await aProvider({ 'POST payment': [html, html, html, html, html, json(201, created)] });
    const gateway = aGateway({ clock: () => now });
    const account = anAccount(provider.url);
    for (let n = 1; n <= 5; n += 1) {
      const mint = { ...aMint, orderId: `ord_00000000000${n}` };
      expect(await gateway.mint(account, mint)).toMatchObject({ kind: 'unknown' });
    }
    expect(await gateway.mint(account, aMint)).toMatchObject({ kind: 'not_sent', retryAfterMs: 30_000 });
    expect(provider.heard).toHaveLength(5);
    expect(await gateway.mint({ ...account, keyLabel: 'another' }, aMint)).toMatchObject({ kind: 'minted' });
    now = 30_000;
    expect(await gateway.mint(account, aMint)).toMatchObject({ kind: 'minted' });
  });

  it('stays shut to nobody else for a payment that is always answered with a 500', async () => {
    let now = 0;
    const poison = '666' as PaymentId;
    const provider = await aProvider({ 'GET payment/666': html, 'GET payment/5745459419': json(200, created) });
    const gateway = aGateway({ clock: () => now });
    const account = anAccount(provider.url);
    for (let n = 0; n < 20; n += 1) {
      expect(await gateway.read(account, poison, 'poll')).toMatchObject({ kind: 'unavailable' });
      now += 1000;
    }
    expect(await gateway.read(account, paymentId, 'poll')).toMatchObject({ kind: 'read' });
    expect(provider.heard).toHaveLength(21);
  });

  it('opens at once when the key is not accepted', async () => {
    const invalidKey = json(403, { code: 'INVALID_API_KEY', message: 'Invalid api key KEY-OF-THE-TEST' });
    const provider = await aProvider({ 'POST payment': invalidKey });
    const warnings: object[] = [];
    const gateway = aGateway({ clock: () => 0, log: { warn: (fields) => warnings.push(fields) } });
    const account = anAccount(provider.url);
    expect(await gateway.mint(account, aMint)).toEqual({
      kind: 'account',
      of: 'key',
      message: '403 INVALID_API_KEY Invalid api key [key]',
      retryAfterMs: 30_000,
    });
    expect(await gateway.read(account, paymentId, 'poll')).toMatchObject({ kind: 'unavailable', retryAfterMs: 30_000 });
    expect(provider.heard).toHaveLength(1);
    expect(warnings).toMatchObject([{ keyLabel: account.keyLabel, waitMs: 30_000, cause: 'barred', status: 403 }]);
  });

  it('is not moved by a provider that says no', async () => {
    const provider = await aProvider({ 'POST payment': json(400, { code: 'INVALID_REQUEST_PARAMS', message: 'no' }) });
    const gateway = aGateway();
    for (let n = 0; n < 7; n += 1)
      expect(await gateway.mint(anAccount(provider.url), aMint)).toMatchObject({ kind: 'refused' });
  });
});

describe('merchants who share a pair of credentials', () => {
  it('take turns: one call does not wait behind twenty of another', async () => {
    const provider = await aProvider({});
    const gateway = aGateway({ maxRps: 50, burst: 1 });
    const account = anAccount(provider.url);
    const read = (merchant: string, id: string) => gateway.read({ ...account, merchant }, id as PaymentId, 'poll');
    const many = Array.from({ length: 20 }, (_, n) => read('many', String(100 + n)));
    await Promise.all([...many, read('few', '7')]);
    const place = provider.heard.findIndex(({ url }) => url.endsWith('/payment/7'));
    expect(provider.heard).toHaveLength(21);
    expect(place).toBeLessThanOrEqual(2);
  });
});

describe('closing', () => {
  it('ends what is under way', async () => {
    const provider = await aProvider({ 'POST payment': silence });
    const gateway = aGateway({ timeoutMs: 10_000 });
    const minting = gateway.mint(anAccount(provider.url), aMint);
    await eventually(() => expect(provider.heard).toHaveLength(1));
    await gateway.close();
    expect(await minting).toMatchObject({ kind: 'unknown' });
  });
});
