import { describe, expect, it } from 'vitest';
import { deadInARow, deliveryStatuses, deliverySummary, nextWaitMs, retryWaitsMs } from '../../src/domain/delivery.js';

const minute = 60_000;
const hour = 3_600_000;

describe('the wait before the next attempt', () => {
  it.each([
    [1, 1 * minute],
    [2, 5 * minute],
    [3, 15 * minute],
    [4, 30 * minute],
    [5, 60 * minute],
    [6, 2 * hour],
    [7, 5 * hour],
    [8, 10 * hour],
    [9, 14 * hour],
    [10, 20 * hour],
    [11, 24 * hour],
  ])('after %i failed attempts: %i ms', (attempts, waitMs) => {
    expect(nextWaitMs(attempts, { jitter: 0 })).toBe(waitMs);
  });

  it('is none after the twelfth failure', () => {
    expect(nextWaitMs(12, { jitter: 0 })).toBeNull();
    expect(nextWaitMs(13, { jitter: 0.5 })).toBeNull();
  });

  it('adds up to a little over three days', () => {
    expect(retryWaitsMs).toHaveLength(11);
    expect(retryWaitsMs.reduce((sum, wait) => sum + wait, 0)).toBe(76 * hour + 51 * minute);
  });

  it.each([
    [0, 60_000],
    [0.5, 64_500],
    [0.999999, 68_999],
  ])('is lengthened by jitter, %d: %i ms, at most 15 %%', (jitter, waitMs) => {
    expect(nextWaitMs(1, { jitter })).toBe(waitMs);
  });
});

describe("the receiver's Retry-After", () => {
  it.each([
    ['shorter than the schedule', 1_000, 60_000],
    ['longer', 90_000, 90_000],
    ['twice the schedule', 120_000, 120_000],
    ['far longer is cut at twice the schedule', 999_999_999_000, 120_000],
    ['negative', -1_000, 60_000],
  ])('%s: %i ms gives %i', (_, retryAfterMs, waitMs) => {
    expect(nextWaitMs(1, { jitter: 0, retryAfterMs })).toBe(waitMs);
  });

  it('never shortens a wait with jitter', () => {
    expect(nextWaitMs(1, { jitter: 0.5, retryAfterMs: 61_000 })).toBe(64_500);
  });

  it('does not revive a dead delivery', () => {
    expect(nextWaitMs(12, { jitter: 0, retryAfterMs: 1_000 })).toBeNull();
  });
});

describe('a delivery', () => {
  it('may have a shorter schedule', () => {
    expect(nextWaitMs(2, { jitter: 0, waits: [10, 20] })).toBe(20);
    expect(nextWaitMs(3, { jitter: 0, waits: [10, 20] })).toBeNull();
  });

  it('has one of five states', () => {
    expect([...deliveryStatuses]).toEqual(['pending', 'in_flight', 'delivered', 'failed', 'dlq']);
  });

  it('disables its endpoint with the fiftieth dead one in a row', () => {
    expect(deadInARow).toBe(50);
  });

  it('is named to the operator by event and endpoint', () => {
    const endpointId = '0b0c5f7e-5d0e-4f0a-9c39-1de2a3b4c5d6';
    expect(deliverySummary({ eventType: 'crypto.order.paid', endpointId })).toBe(
      'crypto.order.paid · whk_0b0c5f7e-5d0e-4f0a-9c39-1de2a3b4c5d6',
    );
  });
});
