import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createQuota, type Priority } from '../../src/gateway/lane/quota.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function aQuota(maxRps = 5, burst = 10) {
  const quota = createQuota({ maxRps, burst, clock: Date.now });
  const served: string[] = [];
  const ask = (name: string, priority: Priority = 'poll') => {
    void quota
      .take(priority)
      .then((turn) => served.push(turn.kind === 'now' ? name : `${name} later ${turn.retryAfterMs}`));
  };
  const askMany = (count: number, priority: Priority = 'poll') => {
    for (let n = 1; n <= count; n += 1) ask(`${priority} ${n}`, priority);
  };
  return { quota, served, ask, askMany };
}

describe('the quota', () => {
  it('lets a burst through at once, then its rate', async () => {
    const { served, askMany } = aQuota();
    askMany(17);
    await vi.advanceTimersByTimeAsync(0);
    expect(served).toHaveLength(10);
    await vi.advanceTimersByTimeAsync(199);
    expect(served).toHaveLength(10);
    await vi.advanceTimersByTimeAsync(1);
    expect(served).toHaveLength(11);
    await vi.advanceTimersByTimeAsync(1000);
    expect(served).toHaveLength(16);
  });

  it('never sends more than its burst and rate in any ten seconds', async () => {
    const { served, askMany } = aQuota();
    for (let round = 0; round < 100; round += 1) {
      askMany(3);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(served.filter((name) => !name.includes('later'))).toHaveLength(10 + 50);
  });

  it('serves mint before decision before poll before reconcile, each in the order of asking', async () => {
    const { served, ask, askMany } = aQuota(5, 1);
    askMany(1);
    ask('r1', 'reconcile');
    ask('p1', 'poll');
    ask('d1', 'decision');
    ask('m1', 'mint');
    ask('p2', 'poll');
    ask('m2', 'mint');
    await vi.advanceTimersByTimeAsync(2000);
    expect(served).toEqual(['poll 1', 'm1', 'm2', 'd1', 'p1', 'p2', 'r1']);
  });

  it('sends whom it cannot serve within 5 s away at once, with the time to come back', async () => {
    const { served, askMany, ask } = aQuota(5, 1);
    askMany(26);
    ask('one too many');
    await vi.advanceTimersByTimeAsync(0);
    expect(served).toEqual(['poll 1', 'one too many later 5200']);
    ask('a mint', 'mint');
    await vi.advanceTimersByTimeAsync(200);
    expect(served).toContain('a mint');
  });

  it('lets nobody who was overtaken wait for longer than 5 s', async () => {
    const { served, ask } = aQuota(1, 1);
    ask('first');
    ask('overtaken', 'reconcile');
    for (let second = 0; second < 6; second += 1) {
      ask(`mint ${second}`, 'mint');
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(served).toContain('overtaken later 5000');
    expect(served).not.toContain('overtaken');
  });

  it('fills up again only to its burst', async () => {
    const { served, askMany } = aQuota();
    askMany(10);
    await vi.advanceTimersByTimeAsync(3_600_000);
    askMany(12);
    await vi.advanceTimersByTimeAsync(0);
    expect(served).toHaveLength(20);
  });

  it('is not stalled by a clock that steps back', async () => {
    const { served, ask, askMany } = aQuota(5, 1);
    askMany(1);
    vi.setSystemTime(Date.now() - 600_000);
    ask('after the step');
    await vi.advanceTimersByTimeAsync(200);
    expect(served).toContain('after the step');
  });

  it('sends everybody away when it closes', async () => {
    const { quota, served, askMany } = aQuota(5, 1);
    askMany(3);
    quota.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(served).toEqual(['poll 1', 'poll 2 later 5000', 'poll 3 later 5000']);
  });
});
