import { guideBody } from '../../support/test-app.js';
import { badRequest, bearer, checkout, checkoutLine, get, listPath, refused, request, type Row } from './row.js';

const framing = 'test/hostile/framing.test.ts';
const text = JSON.stringify(guideBody);
const notAllowed = refused(405, 'method-not-allowed', /\r\nallow: POST\r\n/i);
const unsupported = refused(415, 'unsupported-media-type');

/** Rows 1 to 13: what Node and the framework read before any route does. */
export const requests: readonly Row[] = [
  {
    row: 1,
    input: 'Content-Length and Transfer-Encoding',
    shownBy: [[framing, 'row 1: Content-Length and Transfer-Encoding: 400, socket closed']],
  },
  {
    row: 2,
    input: '20 KB of headers; 2,000 headers',
    cases: [
      ['20 KB', () => request('GET /healthz', [`x-big: ${'x'.repeat(20 * 1024)}`]), refused(431, 'headers-too-large')],
      ['2,000', () => request('GET /healthz', Array(2000).fill('a: b')), refused(431, 'headers-too-large')],
    ],
  },
  {
    row: 3,
    input: 'two Host headers, or none',
    cases: [
      ['two', () => request('GET /healthz', ['host: other']), { status: 400 }],
      ['none', () => 'GET /healthz HTTP/1.1\r\n\r\n', { status: 400, isBare: true }],
    ],
  },
  {
    row: 4,
    input: 'a target that is no path',
    cases: ['GET http://169.254.169.254/', 'GET http://localhost/healthz', 'OPTIONS *'].map((line) => [
      line,
      () => request(line),
      { status: 400 },
    ]),
  },
  {
    row: 5,
    input: 'another method; a word that is none',
    cases: [
      ...['TRACE', 'PROPFIND', 'DELETE', 'PUT', 'OPTIONS', 'MKCOL', 'QUERY'].map(
        (method) =>
          [
            method,
            ({ key }: { key: string }) => request(`${method} /v1/billing/crypto-checkout`, [bearer(key)]),
            notAllowed,
          ] as const,
      ),
      // Where another path has a name in its place, still the methods of this one.
      ...['OPTIONS', 'GET', 'PATCH', 'PROPFIND'].map(
        (method) => [`${method} of IPNs`, () => request(`${method} /v1/webhooks/nowpayments`), notAllowed] as const,
      ),
      ['CONNECT', () => request('CONNECT example.com:443'), { status: 400 }],
      ['GETT', () => request('GETT /healthz'), { status: 400 }],
    ],
  },
  {
    row: 6,
    input: 'a body, or headers, that come too slowly',
    shownBy: [
      [framing, 'row 6: a body that comes too slowly is closed in time, and holds no database session'],
      [framing, 'row 6: headers that come too slowly are closed in time'],
    ],
  },
  {
    row: 7,
    input: 'a body over the limit, declared or chunked',
    shownBy: [
      [framing, 'row 7: a declared body over the limit: 413 before it is sent, connection closed'],
      [framing, 'row 7: a chunked body over the limit: 413'],
    ],
  },
  {
    row: 8,
    input: 'a content encoding',
    cases: ['gzip', 'br', 'identity, gzip'].map((encoding) => [
      encoding,
      ({ key }) => checkout(key, '{}', [`content-encoding: ${encoding}`]),
      unsupported,
    ]),
  },
  {
    row: 9,
    input: 'JSON as text, form, multipart, or untyped',
    cases: [
      'content-type: text/plain',
      'content-type: application/x-www-form-urlencoded',
      'content-type: multipart/form-data; boundary=x',
      'content-type: application/json; charset=utf-16',
      'content-type: json',
      'x-none: 1',
    ].map((type) => [type, ({ key }) => request(checkoutLine, [bearer(key), type], text), unsupported]),
  },
  {
    row: 10,
    input: 'a path that leads around the routes',
    cases: [
      ...[
        '/v1/billing/../admin/crypto-orders',
        '/v1/billing/%2e%2e/admin/crypto-orders',
        '//v1/admin/crypto-orders',
        `${listPath};x`,
        '/V1/billing/crypto-orders',
        '/v1/billing\\crypto-orders',
      ].map((path) => [path, (w: { key: string }) => get(w.key, path), refused(404, 'not-found')] as const),
      ...[`${listPath}/%`, `${listPath}/%zz`, '/%c0%ae'].map(
        (path) => [path, (w: { key: string }) => get(w.key, path), badRequest] as const,
      ),
    ],
  },
  {
    row: 11,
    input: 'a query parameter twice',
    cases: [['limit', ({ key }) => get(key, `${listPath}?limit=10&limit=1000`), { status: 400, field: 'limit' }]],
  },
  {
    row: 12,
    input: 'X-Forwarded-For from an unknown hop',
    shownBy: [[framing, 'row 12: X-Forwarded-For from an unknown hop is ignored']],
  },
  {
    row: 13,
    input: 'CRLF in a value that is echoed',
    shownBy: [[framing, 'row 13: CRLF in an echoed value splits no header']],
  },
];
