import { describe, expect, it } from 'vitest';
import { recent } from '../../src/api/console/recent.js';

/** A count whose cost is set by the test: loading moves the clock. */
function counted({ tookMs = 0, maxAgeMs = 1_000 } = {}) {
  const clock = { nowMs: 0 };
  let loads = 0;
  const load = async () => {
    loads += 1;
    clock.nowMs += tookMs;
    return loads;
  };
  return { clock, loads: () => loads, ask: recent(load, { maxAgeMs, nowMs: () => clock.nowMs }) };
}

describe('a figure that may be a little old', () => {
  it('is counted once until it is too old', async () => {
    const { ask, clock } = counted();
    expect([await ask(), await ask()]).toEqual([1, 1]);
    clock.nowMs = 999;
    expect(await ask()).toBe(1);
    clock.nowMs = 1_000;
    expect(await ask()).toBe(2);
  });

  it('is counted once for all who ask at the same time', async () => {
    const { ask, loads } = counted();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    expect(loads()).toBe(1);
  });

  it('that is slow to count is counted more rarely', async () => {
    const { ask, clock } = counted({ tookMs: 500 });
    await ask();
    clock.nowMs = 500 + 20 * 500 - 1;
    expect(await ask()).toBe(1);
    clock.nowMs += 1;
    expect(await ask()).toBe(2);
  });

  it('is asked for again after a failure', async () => {
    let isAway = true;
    const ask = recent(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve('here')), {
      maxAgeMs: 1_000,
      nowMs: () => 0,
    });
    await expect(ask()).rejects.toThrow('away');
    isAway = false;
    expect(await ask()).toBe('here');
  });
});
