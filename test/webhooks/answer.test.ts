import { describe, expect, it } from 'vitest';
import { excerptOf } from '../../src/webhooks/answer.js';

describe('an excerpt', () => {
  it.each([
    ['Authorization: Bearer abcdefgh12345678', 'Authorization: [redacted]'],
    ['got Bearer abcdefgh12345678 there', 'got [redacted] there'],
    ['bad key ds_live_0123456789abcdef', 'bad key [redacted]'],
    ['secret is whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', 'secret is [redacted]'],
    ['{"password":"hunter2","a":1}', '{"password":[redacted],"a":1}'],
    ['{"api_key": "k", "token":"t"}', '{"api_key": [redacted], "token":[redacted]}'],
    ['DB_PASSWORD=hunter2 PORT=1', 'DB_PASSWORD=[redacted] PORT=1'],
    ['postgres://app:hunter2@db/app', 'postgres://[redacted]@db/app'],
    ['Set-Cookie: sid=abcdef; Path=/', 'Set-Cookie: [redacted]; Path=/'],
    ['jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0', 'jwt [redacted]'],
    ['sk_live_51HxYzAbCdEf', '[redacted]'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted]'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', '[redacted]-----END PRIVATE KEY-----'],
    ['<h1>Internal Server Error</h1> order ord_0123456789ab', '<h1>Internal Server Error</h1> order ord_0123456789ab'],
  ])('of %j is %j', (text, excerpt) => {
    expect(excerptOf(text)).toBe(excerpt);
  });

  it('is cut after redaction, and not inside a character', () => {
    expect(excerptOf('x'.repeat(4_080) + 'whsec_AAECAwQFBgcICQoLDA0ODx')).toBe('x'.repeat(4_080) + '[redacted]');
    expect(excerptOf('x' + '😀'.repeat(4_000))).toBe('x' + '😀'.repeat(2_047));
  });

  it.each([
    'a'.repeat(16_384),
    'eyJ-'.repeat(4_096),
    'token:'.repeat(2_700),
    '//'.repeat(8_192),
    'Bearer '.repeat(2_300),
  ])('is found quickly in hostile text', (text) => {
    const started = performance.now();
    excerptOf(text);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
