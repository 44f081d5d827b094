import { describe, expect, it } from 'vitest';
import { closedLoop, openLoop } from '../../bench/load.js';
import { median, quantile } from '../../bench/quantiles.js';

describe('quantiles', () => {
  it('are values that occurred', () => {
    const values = [50, 10, 40, 20, 30];
    expect(median(values)).toBe(30);
    expect(quantile(values, 0.99)).toBe(50);
    expect(quantile(values, 0)).toBe(10);
    expect(quantile([7, 8], 0.5)).toBe(7);
  });

  it('of nothing are no number', () => {
    expect(median([])).toBeNaN();
  });
});

describe('load', () => {
  it('as fast as it goes makes every call once, so many at a time', async () => {
    const calls: number[] = [];
    let [running, most] = [0, 0];
    const { latenciesMs } = await closedLoop({ count: 20, clients: 4 }, async (index) => {
      calls.push(index);
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    });
    expect(calls).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(most).toBe(4);
    expect(latenciesMs).toHaveLength(20);
  });

  it('at a steady rate counts the time a call waited behind others', async () => {
    let free = Promise.resolve();
    const { latenciesMs } = await openLoop({ count: 5, perSecond: 1000 }, () => {
      // One at a time, 40 ms each: the fifth waits for four others.
      const turn = free.then(
        () => new Promise<void>((resolve) => void AbortSignal.timeout(40).addEventListener('abort', () => resolve())),
      );
      free = turn;
      return turn;
    });
    expect(Math.max(...latenciesMs)).toBeGreaterThan(150);
  });

  it('fails when a call fails', async () => {
    await expect(closedLoop({ count: 3, clients: 1 }, () => Promise.reject(new Error('503')))).rejects.toThrow('503');
  });
});
