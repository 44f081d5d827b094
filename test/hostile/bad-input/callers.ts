import { canary } from './world.js';
import { bearer, checkout, get, listPath, refused, request, type Row } from './row.js';

const auth = 'test/api/plugins/auth.test.ts';
const challenge = /\r\nwww-authenticate: Bearer\r\n/i;
const unauthorized = refused(401, 'unauthorized', challenge);
const invalid = refused(401, 'invalid-key', challenge);
const otherEnd = (key: string) => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');
const unknownKey = `ds_live_${canary}`;

/** Rows 14 to 22: who calls, and what he may. */
export const callers: readonly Row[] = [
  { row: 14, input: 'no Authorization', cases: [['none', () => request(`GET ${listPath}`), unauthorized]] },
  {
    row: 15,
    input: 'another scheme, a scheme alone, two spaces',
    cases: ['Basic dXNlcjpwdw==', 'Bearer', 'Bearer  ds_live_x'].map((value) => [
      value,
      () => request(`GET ${listPath}`, [`authorization: ${value}`]),
      unauthorized,
    ]),
  },
  {
    row: 16,
    input: 'a key with its last character changed, cut, added',
    cases: [
      ['changed', ({ key }) => get(otherEnd(key), listPath), invalid],
      ['cut', ({ key }) => get(key.slice(0, -1), listPath), invalid],
      ['added', ({ key }) => get(`${key}0`, listPath), invalid],
      ['unknown', () => get(unknownKey, listPath), invalid],
    ],
    shownBy: [[auth, 'with %s answers like an unknown one']],
  },
  {
    row: 17,
    input: 'a key in the query or in the body',
    cases: [
      ['query', ({ key }) => request(`GET ${listPath}?api_key=${key}`), unauthorized],
      [
        'body',
        ({ key }) =>
          request('POST /v1/billing/crypto-checkout', ['content-type: application/json'], `{"key":"${key}"}`),
        unauthorized,
      ],
    ],
  },
  {
    row: 18,
    input: 'a key that was revoked',
    cases: [['revoked', ({ revokedKey }) => get(revokedKey, listPath), refused(401, 'revoked-key', challenge)]],
    shownBy: [[auth, 'that was revoked: 401 revoked-key on the next call']],
  },
  {
    row: 19,
    input: 'a test key on a live order',
    cases: [
      ['read', ({ testKey, order }) => get(testKey, `${listPath}/${order}`), refused(404, 'not-found')],
      [
        'cancel',
        ({ testKey, order }) => request(`POST ${listPath}/${order}/cancel`, [bearer(testKey)]),
        refused(404, 'not-found'),
      ],
    ],
  },
  {
    row: 20,
    input: 'a read key on a checkout, a cancellation',
    cases: [
      ['checkout', ({ readKey }) => checkout(readKey), refused(403, 'forbidden')],
      [
        'cancel',
        ({ readKey, order }) => request(`POST ${listPath}/${order}/cancel`, [bearer(readKey)]),
        refused(403, 'forbidden'),
      ],
    ],
    shownBy: [[auth, 'of a read key: 403 naming write on checkout']],
  },
  {
    row: 21,
    input: 'a merchant’s key on an operators’ route, and the other way round',
    cases: [
      ['merchant', ({ key }) => get(key, '/v1/admin/crypto-orders'), refused(403, 'forbidden')],
      ['operator', ({ adminKey }) => checkout(adminKey), refused(403, 'forbidden')],
    ],
  },
  {
    row: 22,
    input: 'a thousand wrong keys a minute from one address',
    shownBy: [[auth, 'of wrong keys from one address: 429 after 60 in a minute, one log line']],
  },
];
