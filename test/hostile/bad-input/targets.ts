import { badUrls } from '../../webhooks/bad-targets.js';
import { bearer, json, names, refused, request, type Case, type Row } from './row.js';
import { canary } from './world.js';

const send = 'test/webhooks/send.test.ts';
const target = 'test/webhooks/send-target.test.ts';
const hostile = 'test/webhooks/send-hostile.test.ts';
const retryAfter = 'test/domain/retry-after.test.ts';
const resolving = 'test/webhooks/destination.test.ts';

const registered = (url: string): Case => [
  url,
  ({ key }) =>
    request('POST /v1/webhooks', [bearer(key), json], JSON.stringify({ url, events: ['crypto.order.paid'] })),
  names('url'),
];

/** Where an URL of test/webhooks/bad-targets.ts has its row. */
function rowOf([url, why]: (typeof badUrls)[number]): number {
  if (why === 'must use https') return 59;
  if (why.includes('user name')) return 60;
  if (why === 'must use port 443' || /:(?:65536|-1)\//.test(url)) return 69;
  const host = url.slice('https://'.length).replace(/\/.*$/, '');
  if (/^\d+(?:\.\d+){3}\.?$/.test(host) && !host.startsWith('0177')) return 61;
  if (/^\[::ffff:/.test(host)) return 64;
  if (host.startsWith('[')) return 65;
  return why.includes('public host') && /^\p{L}/u.test(host) ? 62 : 63;
}

const refusedAs = (row: number) => badUrls.filter((each) => rowOf(each) === row).map(([url]) => registered(url));

/** Rows 59 to 73: where webhooks go, and what answers there. */
export const targets: readonly Row[] = [
  { row: 59, input: 'another scheme than https', cases: refusedAs(59) },
  {
    row: 60,
    input: 'a user name and a password',
    cases: [...refusedAs(60), registered(`https://shop:${canary}@merchant.com/`)],
  },
  { row: 61, input: 'an IPv4 address that is not public', cases: refusedAs(61) },
  { row: 62, input: 'a name that is not public', cases: refusedAs(62) },
  { row: 63, input: 'an address in disguise, a URL that is none', cases: refusedAs(63) },
  { row: 64, input: 'an IPv4 address written as IPv6', cases: refusedAs(64) },
  { row: 65, input: 'any other IPv6 address that is not public, or leads to one that is not', cases: refusedAs(65) },
  {
    row: 66,
    input: 'a name with a private address',
    shownBy: [[resolving, "['private', ['10.0.0.5']]"]],
  },
  {
    row: 67,
    input: 'a name with a public and a private address',
    shownBy: [[resolving, "['public and private', ['8.8.8.8', '192.168.0.1']]"]],
  },
  {
    row: 68,
    input: 'a name that leads elsewhere once it is registered',
    shownBy: [
      [target, 'after registration is refused at the attempt'],
      [target, 'between the check and the connection changes nothing: the checked addresses are dialled'],
    ],
  },
  { row: 69, input: 'another port than 443', cases: refusedAs(69) },
  { row: 70, input: 'a redirect', shownBy: [[send, 'does not follow %i']] },
  {
    row: 71,
    input: 'a body without end, a byte a second, 5 MiB at once, a gzip bomb',
    shownBy: [
      [hostile, 'without end, after %i, is cut off by size'],
      [hostile, 'and sends a failure byte by byte is cut off with what came'],
      [hostile, 'in one chunk of 5 MiB is cut off by size'],
      [hostile, 'as a gzip bomb is not unpacked'],
    ],
  },
  { row: 72, input: 'Retry-After of ages, of less than nothing, of rubbish', shownBy: [[retryAfter, 'Retry-After']] },
  {
    row: 73,
    input: 'a replay of somebody else’s delivery',
    cases: [
      [
        'unknown',
        ({ key }) =>
          request('POST /v1/webhook-deliveries/wdl_00000000-0000-4000-8000-000000000000/replay', [bearer(key)]),
        refused(404, 'not-found'),
      ],
    ],
    shownBy: [['test/api/webhooks/deliveries.test.ts', 'takes only ids of deliveries, and only the own ones']],
  },
];
