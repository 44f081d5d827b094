import { describe, expect, it } from 'vitest';
import { secondsToAsk, waitAskedMs } from '../../src/domain/retry-after.js';

const nowMs = Date.parse('2026-11-24T20:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    [' 7 ', 7_000],
    ['601', 601_000],
    ['Tue, 24 Nov 2026 20:00:30 GMT', 30_000],
    ['Tuesday, 24-Nov-26 20:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 19:59:00 GMT', -60_000],
    ['Tue, 99 Foo 2026 20:00:30 GMT', null],
    ['2026-11-24T20:00:30Z', null],
    ['-1', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
  ])('%j asks for %j ms', (header, ms) => {
    expect(waitAskedMs(header, nowMs)).toBe(ms);
  });

  it.each([
    [0, 1],
    [0.2, 1],
    [1, 1],
    [1.1, 2],
    [59.9, 60],
  ])('after %d s asks for %d', (seconds, asked) => {
    expect(secondsToAsk(seconds)).toBe(asked);
  });
});
