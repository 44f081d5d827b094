import { connect, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { readAnswer, sendRaw } from '../support/raw-http.js';
import { guideBody, testApp, type TestApp } from '../support/test-app.js';

// What rows 1 to 13 of test/hostile/bad-input need more than one request for, and what is next to them and must be taken.
let api: TestApp;
let key: string;
let port: number;

beforeAll(async () => {
  api = await testApp();
  key = await api.newKey();
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  port = (api.app.server.address() as AddressInfo).port;
});
afterAll(() => api.close());
afterEach(async () => {
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

const request = (line: string, headers: readonly string[] = [], body = '') =>
  [`${line} HTTP/1.1`, ...headers, '', body].join('\r\n');
const host = 'host: localhost';
const json = 'content-type: application/json';
const auth = () => `authorization: Bearer ${key}`;
const checkout = 'POST /v1/billing/crypto-checkout';
const guide = JSON.stringify(guideBody);
const orders = async () => (await api.deps.pool.query('select count(*) from orders')).rows[0].count as number;

describe('framing', () => {
  it('row 1: Content-Length and Transfer-Encoding: 400, socket closed', async () => {
    const headers = [host, auth(), json, 'content-length: 4', 'transfer-encoding: chunked'];
    const answer = await sendRaw(port, [request(checkout, headers, '0\r\n\r\n')]);
    expect(answer).toMatchObject({ status: 400, closed: true });
    expect(answer.head).toContain('application/problem+json');
  });

  it.each([
    ['two lengths', ['content-length: 5', 'content-length: 6']],
    ['two lengths in one header', ['content-length: 5, 6']],
    ['a length with a sign', ['content-length: +5']],
    ['a length in hex', ['content-length: 0x5']],
    ['another coding', ['transfer-encoding: xchunked']],
    ['a coding behind chunked', ['transfer-encoding: chunked, identity']],
    ['a blank before the colon', ['transfer-encoding : chunked']],
    ['a length beside a coding of another spelling', ['content-length: 5', 'Transfer-Encoding:\tchunked']],
    ['a header that is folded', ['transfer-encoding:', ' chunked', 'content-length: 5']],
    ['NUL in a header', ['x-a: b\0c', 'content-length: 5']],
    ['a header without a name', [': x', 'content-length: 5']],
  ])('row 1: %s: one answer, which is no success, and nothing of a second request', async (_what, headers) => {
    const before = await orders();
    const second = request(checkout, [host, auth(), json, `content-length: ${guide.length}`], guide);
    const first = request(checkout, [host, auth(), json, ...headers], `0\r\n\r\n${second}`);
    const answer = await sendRaw(port, [first]);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.closed).toBe(true);
    expect(answer.body).not.toContain('HTTP/1.1');
    expect(await orders()).toBe(before);
  });

  it('row 6: headers that come too slowly are closed in time', async () => {
    const { headersTimeout } = api.app.server;
    api.app.server.headersTimeout = 1_000;
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`${checkout} HTTP/1.1\r\n`);
    const drip = setInterval(() => socket.write('x-a: b\r\n'), 200);
    const answer = await readAnswer(socket);
    clearInterval(drip);
    api.app.server.headersTimeout = headersTimeout;
    expect(answer).toMatchObject({ status: 408, closed: true });
  });

  it('row 5: an Expect that nobody knows: 417', async () => {
    const headers = [host, auth(), json, 'expect: the-unexpected', 'content-length: 2'];
    const answer = await sendRaw(port, [request(checkout, headers)]);
    expect(answer.status).toBe(417);
    expect(answer.head).toContain('application/problem+json');
  });

  it('row 6: a body that comes too slowly is closed in time, and holds no database session', async () => {
    const { requestTimeout } = api.app.server;
    api.app.server.requestTimeout = 1_000;
    const socket = connect(port, '127.0.0.1');
    socket.write(request(checkout, [host, auth(), json, 'content-length: 200'], '{'));
    const drip = setInterval(() => socket.write(' '), 200);
    await eventually(() => expect(api.logged.length).toBeGreaterThan(0));
    expect(api.deps.pool.totalCount - api.deps.pool.idleCount).toBe(0);
    const answer = await readAnswer(socket);
    clearInterval(drip);
    api.app.server.requestTimeout = requestTimeout;
    expect(answer).toMatchObject({ status: 408, closed: true });
    expect(answer.head).toContain('application/problem+json');
  });

  it('row 7: a declared body over the limit: 413 before it is sent, connection closed', async () => {
    const answer = await sendRaw(port, [request(checkout, [host, auth(), json, `content-length: ${64 * 1024 + 1}`])]);
    expect(answer).toMatchObject({ status: 413, closed: true });
  });

  it('row 7: a chunked body over the limit: 413', async () => {
    const headers = [host, auth(), json, 'transfer-encoding: chunked'];
    const chunk = `10000\r\n${' '.repeat(65536)}\r\n`;
    const answer = await sendRaw(port, [request(checkout, headers), chunk, '1\r\n \r\n0\r\n\r\n']);
    expect(answer.status).toBe(413);
  });

  it('row 7: a body at the limit is read', async () => {
    const text = JSON.stringify(guideBody).padEnd(64 * 1024, ' ');
    const headers = [host, auth(), json, `content-length: ${text.length}`];
    expect((await sendRaw(port, [request(checkout, headers, text)])).status).toBe(201);
  });

  it.each(['utf-8', 'UTF-8', 'utf8', '"utf-8"'])('row 9: charset=%s is UTF-8', async (charset) => {
    const text = JSON.stringify(guideBody);
    const headers = [
      host,
      auth(),
      `content-type: application/json; charset=${charset}`,
      `content-length: ${text.length}`,
    ];
    expect((await sendRaw(port, [request(checkout, headers, text)])).status).toBe(201);
  });

  it.each([
    'content-type: application/x-www-form-urlencoded',
    'content-type: text/plain',
    'content-type: application/json',
    'x-none: 1',
  ])('row 9: a POST without a body is one, whatever its %s', async (type) => {
    const cancel = 'POST /v1/billing/crypto-orders/ord_000000000000/cancel'; // read, and found to be nobody's
    const headers = [host, auth(), type, 'content-length: 0'];
    expect((await sendRaw(port, [request(cancel, headers)])).status).toBe(404);
  });

  it('row 12: X-Forwarded-For from an unknown hop is ignored', async () => {
    const wrong = key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
    const headers = (n: number) => [host, `authorization: Bearer ${wrong}`, `x-forwarded-for: 10.0.0.${n}`];
    const statuses = [];
    for (let n = 0; n < 61; n += 1) {
      statuses.push((await sendRaw(port, [request('GET /v1/billing/crypto-orders', headers(n))])).status);
    }
    expect(statuses.at(-1)).toBe(429); // counted as one address
  });

  it('row 13: CRLF in an echoed value splits no header', async () => {
    const text = JSON.stringify({ ...guideBody, 'x\r\nset-cookie: a=b': 1 });
    const headers = [host, auth(), json, `content-length: ${text.length}`];
    const answer = await sendRaw(port, [request(checkout, headers, text)]);
    expect(answer.status).toBe(201);
    expect(answer.head).not.toMatch(/\r\nset-cookie/i);
  });

  it('a body cut in the middle places nothing', async () => {
    const before = await orders();
    const socket = connect(port, '127.0.0.1');
    socket.write(request(checkout, [host, auth(), json, 'content-length: 200'], '{"product":'));
    socket.end();
    const answer = await readAnswer(socket);
    expect([0, 400]).toContain(answer.status);
    expect(await orders()).toBe(before);
  });
});
