import { describe, expect, it } from 'vitest';
import { judge, refusalOf, retryAfter } from '../../src/gateway/lane/failures.js';

const nowMs = Date.parse('2026-11-24T20:00:00.000Z');
const answer = (status: number, text: string, headers: Record<string, string> = {}) =>
  judge({ kind: 'answer', status, text, headers }, nowMs);
const error = (code: string | null, message: string) => JSON.stringify({ status: false, code, message });

describe('an answer', () => {
  it.each([200, 201])('of %i with a JSON object is usable', (status) => {
    expect(answer(status, '{"a":1}')).toMatchObject({ kind: 'usable', text: '{"a":1}' });
  });

  it.each([
    ['HTML under 200', 200, '<!doctype html><html>', 'HTML'],
    ['HTML under 403', 403, '<html>Cloudflare</html>', 'HTML'],
    ['HTML under 404', 404, '<html></html>', 'HTML'],
    ['HTML under 502', 502, '<html></html>', 'HTML'],
    ['nothing under 200', 200, '', 'nothing'],
    ['nothing under 204', 204, '', 'nothing'],
    ['blanks', 200, ' \n', 'nothing'],
    ['cut JSON', 200, '{"payment_id":"574', 'no whole JSON'],
    ['a list', 200, '[]', 'no whole JSON'],
    ['JSON under 202', 202, '{}', '202'],
    ['JSON under 500', 500, error('INTERNAL_ERROR', 'Internal error'), 'INTERNAL_ERROR'],
    ['JSON under 503', 503, error(null, 'down'), '503'],
    ['a time-out of the front', 408, error(null, 'timeout'), '408'],
    ['a redirect', 301, '{}', 'redirect 301'],
    ['a redirect of a post', 307, '{}', 'redirect 307'],
  ])('with %s is broken', (_name, status, text, words) => {
    expect(answer(status, text)).toEqual({ kind: 'broken', message: expect.stringContaining(words) as string });
  });

  it('of 401 or 403 is about the account', () => {
    const invalidKey = error('INVALID_API_KEY', 'Invalid api key');
    expect(answer(401, invalidKey)).toMatchObject({ kind: 'account', of: 'key' });
    expect(answer(403, invalidKey)).toMatchObject({ kind: 'account', of: 'key' });
    expect(answer(401, error('AUTH_REQUIRED', 'Bearer token is required'))).toMatchObject({
      kind: 'account',
      of: 'login',
    });
  });

  it('of another 4xx is the provider saying no', () => {
    expect(answer(400, error('INVALID_REQUEST_PARAMS', 'price_amount is required'))).toEqual({
      kind: 'refused',
      status: 400,
      code: 'INVALID_REQUEST_PARAMS',
      message: '400 INVALID_REQUEST_PARAMS price_amount is required',
    });
    expect(answer(404, '{"message":"Payment not found"}')).toMatchObject({ kind: 'refused', status: 404, code: null });
  });

  it('of 429 asks to come back, whatever is in it', () => {
    expect(answer(429, '<html>', { 'retry-after': '7' })).toMatchObject({ kind: 'limited', retryAfterMs: 7000 });
    expect(answer(429, '')).toMatchObject({ kind: 'limited', retryAfterMs: null });
  });

  it('keeps the ray of the front as a trace, and keeps messages short and plain', () => {
    const verdict = answer(400, error('X', `a\u0000\u202Eb\n${'x'.repeat(500)}`), { 'cf-ray': '8f2a-FRA' });
    expect(verdict).toMatchObject({
      message: expect.stringMatching(/^400 X a b x{196} \(cf-ray 8f2a-FRA\)$/) as string,
    });
    expect(answer(500, '', { 'cf-ray': 'a\r\nb' })).toMatchObject({ message: '500 with nothing in it' });
  });
});

describe('a refusal to mint', () => {
  it.each([
    [400, 'AMOUNT_MINIMAL_ERROR', 'amountTo is too small', 'below_minimum'],
    [400, 'BAD_CREATE_PAYMENT_REQUEST', 'amount is less than minimal', 'below_minimum'],
    [400, null, 'Crypto amount 1 is Less Than Minimal', 'below_minimum'],
    [400, 'BAD_REQUEST', 'amountTo is too small', 'below_minimum'],
    [400, 'CURRENCY_UNAVAILABLE', 'amountTo is too small', 'below_minimum'],
    [400, 'X', 'amount exceeds the maximum', 'above_maximum'],
    [400, 'X', 'more than maximal amount', 'above_maximum'],
    [400, 'CURRENCY_UNAVAILABLE', 'Currency doge is currently unavailable', 'coin_unavailable'],
    [400, 'INVALID_REQUEST_PARAMS', 'pay_currency is required', 'rejected'],
    [404, null, 'not found', 'rejected'],
    [422, null, 'maximum', 'rejected'],
  ] as const)('%i %s "%s" is %s', (status, code, message, reason) => {
    expect(refusalOf({ status, code, message })).toBe(reason);
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['600', 600_000],
    ['601', 600_000],
    ['999999999999999999', 600_000],
    ['Tue, 24 Nov 2026 20:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 19:00:00 GMT', 0],
    ['Tue, 24 Nov 2027 20:00:00 GMT', 600_000],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
  ])('%s is %s ms', (text, ms) => {
    expect(retryAfter({ 'retry-after': text }, nowMs)).toBe(ms);
  });

  it('as a date is measured by their clock when they tell it', () => {
    const headers = { 'retry-after': 'Tue, 24 Nov 2026 21:00:05 GMT', date: 'Tue, 24 Nov 2026 21:00:00 GMT' };
    expect(retryAfter(headers, nowMs)).toBe(5000);
  });
});
