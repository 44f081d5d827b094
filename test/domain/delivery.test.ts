import { describe, expect, it } from 'vitest';
import {
  afterAttempt,
  deadInARow,
  deliveryStatuses,
  deliverySummary,
  follow,
  nextWaitMs,
  retryWaitsMs,
  type DeliveryStanding,
} from '../../src/domain/delivery.js';

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

describe('what becomes of a delivery after an attempt', () => {
  const accepted = { ok: true, status: 204, retryAfterMs: null };
  const refused = { ok: false, status: 500, retryAfterMs: null };
  const unheard = { ok: false, status: null, retryAfterMs: null };
  const notSent = { ...unheard, isNotSent: true } as const;
  const gone = { ok: false, status: 410, retryAfterMs: null };
  const first = { attempts: 1, disabled: false, jitter: 0, waits: [10, 20] };

  it.each([
    ['accepted', accepted, first, { kind: 'delivered' }],
    ['accepted at the last try', accepted, { ...first, attempts: 3 }, { kind: 'delivered' }],
    ['accepted, though disabled meanwhile', accepted, { ...first, disabled: true }, { kind: 'delivered' }],
    ['refused', refused, first, { kind: 'retry', afterMs: 10 }],
    ['refused again', refused, { ...first, attempts: 2 }, { kind: 'retry', afterMs: 20 }],
    ['refused at the last try', refused, { ...first, attempts: 3 }, { kind: 'dead' }],
    ['refused, and disabled meanwhile', refused, { ...first, disabled: true }, { kind: 'dead' }],
    ['unheard', unheard, first, { kind: 'retry', afterMs: 10 }],
    ['not sent, by our own fault', notSent, first, { kind: 'put_off', afterMs: 30_000 }],
    ['not sent, at its last attempt', notSent, { ...first, attempts: 12 }, { kind: 'put_off', afterMs: 30_000 }],
    ['not sent to a disabled endpoint', notSent, { ...first, disabled: true }, { kind: 'dead' }],
    ['unheard, and disabled meanwhile', unheard, { ...first, disabled: true }, { kind: 'dead' }],
    ['gone', gone, first, { kind: 'dead' }],
    ['asked for patience', { ...refused, retryAfterMs: 15 }, first, { kind: 'retry', afterMs: 15 }],
  ] as const)('%s', (_, answer, at, next) => {
    expect(afterAttempt(answer, at)).toEqual(next);
  });
});

describe('the run that follows a delivery', () => {
  const due = { status: 'pending', attempts: 1, active: true, disabled: false, claimed: false } as const;
  const onTheWire = { ...due, status: 'in_flight', claimed: true } as const;
  const lapsed = { ...onTheWire, claimed: false } as const;
  const at = (standing: Omit<DeliveryStanding, 'dueInMs'>, dueInMs: number | null) => follow({ ...standing, dueInMs });
  const look = (afterMs: number) => ({ kind: 'look', afterMs });

  it('ends with the delivery', () => {
    expect(at({ ...due, status: 'delivered' }, null)).toEqual({ kind: 'ended', status: 'delivered' });
    expect(at({ ...due, status: 'dlq', disabled: true }, null)).toEqual({ kind: 'ended', status: 'dlq' });
  });

  it.each([
    ['a minute before the attempt: when it should be over', due, 60_000, 75_000],
    ['a moment before it', due, 60, 1_060],
    ['hours before it', due, 7_200_000, 7_215_000],
    ['due a moment ago', due, -60, 1_000],
    ['waiting for its turn: after as long again', due, -40_000, 40_000],
    ['waiting for its turn for hours: every ten minutes', due, -7_200_000, 600_000],
    ['on the wire', onTheWire, -4_000, 4_000],
    ['on the wire of nobody: it will be claimed again', lapsed, -90_000, 90_000],
    ['on the wire, disabled meanwhile: its record will say', { ...onTheWire, disabled: true }, -4_000, 4_000],
    ['on the wire, paused meanwhile', { ...onTheWire, active: false }, -4_000, 4_000],
    ['without a time', due, null, 60_000],
  ])('looks again, %s', (_, standing, dueInMs, afterMs) => {
    expect(at(standing, dueInMs)).toEqual(look(afterMs));
  });

  it('sees that nobody will make an attempt any more', () => {
    expect(at({ ...due, disabled: true }, 60_000)).toEqual({ kind: 'abandoned' });
    expect(at({ ...lapsed, disabled: true }, -90_000)).toEqual({ kind: 'abandoned' });
    expect(at({ ...lapsed, active: false }, -90_000)).toEqual({ kind: 'abandoned' });
  });

  it('waits with a paused endpoint', () => {
    expect(at({ ...due, active: false }, -90_000)).toEqual({ kind: 'paused' });
    expect(at({ ...due, active: false }, null)).toEqual({ kind: 'paused' });
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
