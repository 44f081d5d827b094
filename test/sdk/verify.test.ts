import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  verifyStandardWebhook,
  verifyWebhookSignature,
  type HeaderSource,
  type VerifyWebhookOptions,
} from '../../sdk/src/index.js';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const body = '{"id":"evt","text":"Grüße"}';
const t = 1_795_000_000;
const now = t * 1000;
const hex = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
const wrong = 'ab'.repeat(32);
const good = `t=${t},v1=${hex}`;

afterEach(() => vi.unstubAllGlobals());

describe('verifyWebhookSignature', () => {
  it('knows a signature computed elsewhere', async () => {
    // printf '%s' '1795000000.{"a":1}' | openssl dgst -sha256 -hmac s
    const header = 't=1795000000,v1=c9227ce137ad3772d3f4fc7db8c5aec7555f050a9b90f12d947c814a31aad5df';
    expect(await verifyWebhookSignature({ body: '{"a":1}', header, secret: 's', nowMs: now })).toBe(true);
  });

  it.each<[string, Partial<VerifyWebhookOptions>, boolean]>([
    ['the right signature', {}, true],
    ['300 s old', { nowMs: now + 300_000 }, true],
    ['301 s old', { nowMs: now + 301_000 }, false],
    ['300 s ahead', { nowMs: now - 300_000 }, true],
    ['301 s ahead', { nowMs: now - 301_000 }, false],
    ['within a tolerance of its own', { nowMs: now + 10_000, toleranceSec: 10 }, true],
    ['beyond a tolerance of its own', { nowMs: now + 11_000, toleranceSec: 10 }, false],
    ['a tolerance that is no number', { toleranceSec: Number.NaN }, false],
    ['hex in capitals', { header: `t=${t},v1=${hex.toUpperCase()}` }, true],
    ['the second v1', { header: `t=${t},v1=${wrong},v1=${hex}` }, true],
    ['the first v1', { header: `t=${t},v1=${hex},v1=${wrong}` }, true],
    ['spaces after commas', { header: `t=${t}, v1=${hex}` }, true],
    ['members of another version', { header: `t=${t},v0=zz,v1=${hex},v2=x` }, true],
    ['the order turned round', { header: `v1=${hex},t=${t}` }, true],
    ['a wrong v1', { header: `t=${t},v1=${wrong}` }, false],
    ['a v1 one digit short', { header: `t=${t},v1=${hex.slice(1)}` }, false],
    ['a v1 with more behind it', { header: `t=${t},v1=${hex}00` }, false],
    ['the right digest as v0', { header: `t=${t},v0=${hex}` }, false],
    ['another time than was signed', { header: `t=${t + 1},v1=${hex}` }, false],
    ['two times', { header: `t=${t},t=${t},v1=${hex}` }, false],
    ['no time', { header: `v1=${hex}` }, false],
    ['a time with a sign', { header: `t=+${t},v1=${hex}` }, false],
    ['a time in words', { header: `t=now,v1=${hex}` }, false],
    ['garbage', { header: 'garbage' }, false],
    ['an empty header', { header: '' }, false],
    ['no header', { header: undefined }, false],
    ['an array: the first is used', { header: [good, 'garbage'] }, true],
    ['an array: only the first is used', { header: ['garbage', good] }, false],
    ['an empty array', { header: [] }, false],
    ['the right one in headerPrev', { header: `t=${t},v1=${wrong}`, headerPrev: good }, true],
    ['headerPrev alone', { header: undefined, headerPrev: good }, true],
    ['two wrong headers', { header: 'garbage', headerPrev: `t=${t},v1=${wrong}` }, false],
    ['an old headerPrev', { header: 'garbage', headerPrev: good, nowMs: now + 301_000 }, false],
    ['bytes', { body: new TextEncoder().encode(body) }, true],
    ['a Buffer', { body: Buffer.from(body) }, true],
    ['another body', { body: `${body} ` }, false],
    ['another secret', { secret: 'whsec_other' }, false],
    ['an empty secret', { secret: '' }, false],
  ])('%s', async (_, changes, expected) => {
    expect(await verifyWebhookSignature({ body, header: good, secret, nowMs: now, ...changes })).toBe(expected);
  });

  it.each([
    [undefined],
    [null],
    [7],
    [{}],
    [{ body: 5, header: good, secret, nowMs: now }],
    [{ body, header: 5, secret }],
  ])('never throws, not even for %j', async (options) => {
    expect(await verifyWebhookSignature(options as VerifyWebhookOptions)).toBe(false);
  });

  it('takes the body as Fetch, Node and a stream give it', async () => {
    const bytes = new TextEncoder().encode(body);
    const padded = new Uint8Array(bytes.length + 4);
    padded.set(bytes, 2);
    const bodies = [body, bytes, Buffer.from(bytes), bytes.buffer, padded.subarray(2, -2)];
    for (const given of bodies)
      expect(await verifyWebhookSignature({ body: given, header: good, secret, nowMs: now })).toBe(true);
    expect(await verifyWebhookSignature({ body: padded.buffer, header: good, secret, nowMs: now })).toBe(false);
  });

  it('takes the real clock when none is given', async () => {
    const seconds = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
    expect(await verifyWebhookSignature({ body, header: `t=${seconds},v1=${signature}`, secret })).toBe(true);
    expect(await verifyWebhookSignature({ body, header: good, secret })).toBe(false);
  });

  it.each([[undefined], [{}]])('is false where WebCrypto is %j', async (crypto) => {
    vi.stubGlobal('crypto', crypto);
    expect(await verifyWebhookSignature({ body, header: good, secret, nowMs: now })).toBe(false);
  });

  it('finds the WebCrypto that Node 18 keeps in a module', async () => {
    vi.stubGlobal('crypto', undefined);
    vi.stubGlobal('process', { ...process, versions: { ...process.versions, node: '18.20.8' } });
    expect(await verifyWebhookSignature({ body, header: good, secret, nowMs: now })).toBe(true);
  });
});

describe('verifyStandardWebhook', () => {
  const id = 'evt_1';
  const signature = new Webhook(secret).sign(id, new Date(now), body);
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(t), 'webhook-signature': signature };
  const check = (changes: object = {}, options: object = {}) =>
    verifyStandardWebhook({ body, headers: { ...headers, ...changes }, secret, nowMs: now, ...options });

  it('agrees with the standardwebhooks package', async () => {
    expect(await check()).toBe(true);
  });

  it.each<[string, object, boolean]>([
    ['another id', { 'webhook-id': 'evt_2' }, false],
    ['another time', { 'webhook-timestamp': String(t + 1) }, false],
    ['a time that is no number', { 'webhook-timestamp': 'now' }, false],
    ['no id', { 'webhook-id': undefined }, false],
    ['no signature', { 'webhook-signature': '' }, false],
    ['a signature of another version', { 'webhook-signature': signature.replace('v1', 'v1a') }, false],
    ['a second signature that holds', { 'webhook-signature': `v1,${'A'.repeat(43)}= ${signature}` }, true],
    ['garbage beside one that holds', { 'webhook-signature': `v1,%%% ${signature}` }, true],
    ['garbage', { 'webhook-signature': 'v1,%%%' }, false],
    ['an array of signatures: the first', { 'webhook-signature': [signature] }, true],
  ])('%s', async (_, changes, expected) => {
    expect(await check(changes)).toBe(expected);
  });

  it.each<[string, object, boolean]>([
    ['300 s old', { nowMs: now + 300_000 }, true],
    ['301 s old', { nowMs: now + 301_000 }, false],
    ['a secret without its prefix', { secret: secret.slice(6) }, true],
    ['an empty secret', { secret: 'whsec_' }, false],
    ['a secret that is no base64', { secret: 'whsec_%%%' }, false],
    ['bytes', { body: Buffer.from(body) }, true],
    ['Fetch headers', { headers: new Headers(headers) }, true],
    [
      'names in capitals',
      { headers: { 'Webhook-Id': id, 'WEBHOOK-TIMESTAMP': String(t), 'Webhook-Signature': signature } },
      true,
    ],
    ['no headers at all', { headers: null as unknown as HeaderSource }, false],
  ])('%s', async (_, options, expected) => {
    expect(await check({}, options)).toBe(expected);
  });
});
