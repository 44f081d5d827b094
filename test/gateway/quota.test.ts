import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createQuota } from '../../src/gateway/lane/quota.js';
import { createLocalTokens, type TokenSource } from '../../src/gateway/lane/tokens.js';
import type { Priority } from '../../src/gateway/lane/waiting-room.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A process's part of a lane; `tokens` is who counts. */
function aQuota(perSecond = 5, burst = 10, tokens: TokenSource = createLocalTokens(Date.now)) {
  const served: string[] = [];
  let asked = 0;
  const quota = createQuota({
    perSecond,
    burst,
    clock: Date.now,
    lease: (wanted) => {
      asked += 1;
      return tokens.lease({ name: 'lane', perSecond, burst }, wanted);
    },
  });
  const ask = (name: string, priority: Priority = 'poll', merchant = 'one') => {
    void quota
      .take({ priority, merchant })
      .then((turn) => served.push(turn.kind === 'now' ? name : `${name}: ${turn.why}`));
  };
  const askMany = (count: number, priority: Priority = 'poll') => {
    for (let n = 1; n <= count; n += 1) ask(`${priority} ${n}`, priority);
  };
  const calls = () => served.filter((name) => !name.includes(':'));
  return { quota, served, calls, ask, askMany, asked: () => asked };
}

const busy = 'over the quota of this account';

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
    const { calls, askMany } = aQuota();
    for (let round = 0; round < 100; round += 1) {
      askMany(3);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(calls()).toHaveLength(10 + 50);
  });

  it('serves mint, decision, poll, reconcile, sweep, each in the order of asking', async () => {
    const { served, ask, askMany } = aQuota(5, 1);
    askMany(1);
    await vi.advanceTimersByTimeAsync(0);
    ask('s1', 'sweep');
    ask('r1', 'reconcile');
    ask('p1', 'poll');
    ask('d1', 'decision');
    ask('m1', 'mint');
    ask('p2', 'poll');
    ask('m2', 'mint');
    await vi.advanceTimersByTimeAsync(2000);
    expect(served).toEqual(['poll 1', 'm1', 'm2', 'd1', 'p1', 'p2', 'r1', 's1']);
  });

  it('sends whom it cannot serve within 5 s away at once', async () => {
    const { served, askMany, ask } = aQuota(5, 1);
    askMany(1);
    await vi.advanceTimersByTimeAsync(0);
    askMany(30);
    await vi.advanceTimersByTimeAsync(0);
    expect(served).toEqual(['poll 1', ...[26, 27, 28, 29, 30].map((n) => `poll ${n}: ${busy}`)]);
    ask('a mint', 'mint');
    await vi.advanceTimersByTimeAsync(200);
    expect(served).toContain('a mint');
  });

  it('serves merchants in turn: one who asks for much waits behind himself', async () => {
    const { served, ask } = aQuota(5, 1);
    for (let n = 1; n <= 20; n += 1) ask(`many ${n}`, 'poll', 'many');
    ask('few 1', 'poll', 'few');
    ask('few 2', 'poll', 'few');
    ask('lone', 'poll', 'lone');
    await vi.advanceTimersByTimeAsync(1200);
    expect(served).toEqual(['many 1', 'few 1', 'lone', 'many 2', 'few 2', 'many 3', 'many 4']);
  });

  it('does not send one merchant away for the queue of another', async () => {
    const { served, ask } = aQuota(5, 1);
    for (let n = 1; n <= 40; n += 1) ask(`many ${n}`, 'poll', 'many');
    ask('few 1', 'poll', 'few');
    await vi.advanceTimersByTimeAsync(400);
    expect(served).toContain('few 1');
    expect(served).toContain(`many 40: ${busy}`);
  });

  it('lets nobody who was overtaken wait for longer than 5 s', async () => {
    const { served, ask } = aQuota(1, 1);
    ask('first');
    ask('overtaken', 'reconcile');
    for (let second = 0; second < 6; second += 1) {
      ask(`mint ${second}`, 'mint');
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(served).toContain(`overtaken: ${busy}`);
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
    const { served, ask } = aQuota(5, 1);
    ask('before');
    await vi.advanceTimersByTimeAsync(0);
    vi.setSystemTime(Date.now() - 600_000);
    for (let second = 0; second < 7; second += 1) {
      ask(`after ${second}`);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(served).toContain('after 6');
  });

  it('sends everybody away when it closes', async () => {
    const { quota, served, askMany } = aQuota(5, 1);
    askMany(3);
    await vi.advanceTimersByTimeAsync(0);
    quota.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(served).toEqual(['poll 1', `poll 2: ${busy}`, `poll 3: ${busy}`]);
  });
});

describe('two processes with one counter', () => {
  function two(perSecond = 5, burst = 1) {
    const tokens = createLocalTokens(Date.now);
    return [aQuota(perSecond, burst, tokens), aQuota(perSecond, burst, tokens)] as const;
  }

  it('call as often as one, each its share, and ask for a handful at a time', async () => {
    const [one, other] = two();
    for (let round = 0; round < 100; round += 1) {
      one.askMany(3);
      other.askMany(3);
      await vi.advanceTimersByTimeAsync(100);
    }
    const [mine, theirs] = [one.calls().length, other.calls().length];
    expect(mine + theirs).toBeGreaterThanOrEqual(50);
    expect(mine + theirs).toBeLessThanOrEqual(52);
    expect(Math.min(mine, theirs)).toBeGreaterThanOrEqual(20);
    expect(one.asked() + other.asked()).toBeLessThanOrEqual(25);
  });

  it('never let polls of one stand before a mint of the other for longer than two seconds', async () => {
    const [polling, minting] = two();
    polling.askMany(25);
    await vi.advanceTimersByTimeAsync(1000);
    polling.askMany(5);
    minting.ask('a mint', 'mint');
    await vi.advanceTimersByTimeAsync(2000);
    expect(minting.served).toEqual(['a mint']);
  });

  it('let a mint look farther ahead at once, though the polls beside it were just refused', async () => {
    const nearIsTaken: TokenSource = {
      lease: (_, { horizonMs }) =>
        Promise.resolve(
          horizonMs > 2_000
            ? { kind: 'turns', turns: 1, firstInMs: 500, everyMs: 200 }
            : { kind: 'none', retryAfterMs: 4_000 },
        ),
    };
    const { served, ask, asked } = aQuota(5, 1, nearIsTaken);
    ask('a poll');
    await vi.advanceTimersByTimeAsync(0);
    ask('a poll more');
    await vi.advanceTimersByTimeAsync(0);
    expect(asked()).toBe(1);
    ask('a mint', 'mint');
    await vi.advanceTimersByTimeAsync(500);
    expect(served).toEqual(['a mint']);
  });

  it('lose what a process took and did not use: it makes no burst later', async () => {
    const [one] = two(5, 10);
    one.askMany(1); // takes five, uses one
    await vi.advanceTimersByTimeAsync(1000);
    one.askMany(20);
    await vi.advanceTimersByTimeAsync(0);
    expect(one.calls()).toHaveLength(1 + 10);
  });
});

describe('a counter that cannot be asked', () => {
  const away = 'the quota of this account cannot be asked';

  it('sends everybody away: no call goes out uncounted', async () => {
    const { served, askMany } = aQuota(5, 10, { lease: () => Promise.reject(new Error('away')) });
    askMany(3);
    await vi.advanceTimersByTimeAsync(0);
    expect(served).toEqual([`poll 1: ${away}`, `poll 2: ${away}`, `poll 3: ${away}`]);
  });

  it('is asked once a second, however many come', async () => {
    const { served, asked, ask } = aQuota(5, 10, { lease: () => Promise.reject(new Error('away')) });
    for (let n = 0; n < 30; n += 1) {
      ask(`call ${n}`);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(asked()).toBe(4);
    expect(served.every((name) => name.endsWith(away))).toBe(true);
  });

  it('that never answers keeps nobody for longer than 5 s', async () => {
    const { served, askMany } = aQuota(5, 10, { lease: () => new Promise(() => {}) });
    askMany(2);
    await vi.advanceTimersByTimeAsync(5000);
    expect(served).toEqual([`poll 1: ${busy}`, `poll 2: ${busy}`]);
  });

  it('that answers again lets calls through again', async () => {
    let isAway = true;
    const tokens = createLocalTokens(Date.now);
    const lease: TokenSource['lease'] = (...asked) =>
      isAway ? Promise.reject(new Error('away')) : tokens.lease(...asked);
    const { served, ask } = aQuota(5, 10, { lease });
    ask('first');
    await vi.advanceTimersByTimeAsync(0);
    isAway = false;
    ask('second');
    await vi.advanceTimersByTimeAsync(1000);
    expect(served).toEqual([`first: ${away}`, 'second']);
  });
});
