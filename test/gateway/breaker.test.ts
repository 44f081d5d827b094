import { describe, expect, it } from 'vitest';
import { createBreaker, type Health, type Pass, type Subject } from '../../src/gateway/lane/breaker.js';

function aBreaker({ random = () => 1 }: { random?: () => number } = {}) {
  let now = 0;
  const breaker = createBreaker({ clock: () => now, random });
  const pass = (about: Subject = null): Pass => {
    const passage = breaker.enter(about);
    if (passage.kind !== 'pass') throw new Error(`shut for ${passage.retryAfterMs} ms`);
    return passage;
  };
  const hear = (health: Health, times = 1, about: Subject = null) => {
    for (let n = 0; n < times; n += 1) breaker.report(pass(about), health, about);
  };
  const hearOf = (health: Health, ...subjects: string[]) => {
    for (const about of subjects) hear(health, 1, about);
  };
  return { breaker, pass, hear, hearOf, advance: (ms: number) => (now += ms) };
}

const ill = { kind: 'ill' } as const;
const well = { kind: 'well' } as const;
const barred = { kind: 'barred' } as const;

describe('the breaker', () => {
  it('opens for 30 s after five failures in a row', () => {
    const { breaker, hear, advance } = aBreaker();
    hear(ill, 4);
    expect(breaker.waitMs()).toBe(0);
    hear(ill);
    expect(breaker.enter(null)).toEqual({ kind: 'shut', retryAfterMs: 30_000 });
    advance(10_000);
    expect(breaker.enter(null)).toEqual({ kind: 'shut', retryAfterMs: 20_000 });
  });

  it('counts from nothing after a good answer', () => {
    const { breaker, hear } = aBreaker();
    hear(ill, 4);
    hear(well);
    hear(ill, 4);
    expect(breaker.waitMs()).toBe(0);
  });

  it('opens after one account error', () => {
    const { breaker, hear } = aBreaker();
    hear(barred);
    expect(breaker.waitMs()).toBe(30_000);
  });

  it('lets one probe through, and closes when it goes well', () => {
    const { breaker, pass, hear, advance } = aBreaker();
    hear(ill, 5);
    advance(30_000);
    const probe = pass();
    expect(probe.isProbe).toBe(true);
    expect(breaker.enter(null)).toEqual({ kind: 'shut', retryAfterMs: 1000 });
    breaker.report(probe, well, null);
    expect(pass().isProbe).toBe(false);
    hear(ill, 4);
    expect(breaker.waitMs()).toBe(0);
  });

  it('doubles up to 5 min while the probes fail, and starts at 30 s again after a good one', () => {
    const { breaker, hear, advance } = aBreaker();
    hear(ill, 5);
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      waits.push(breaker.waitMs());
      advance(breaker.waitMs());
      hear(ill);
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
    advance(300_000);
    hear(well);
    hear(ill, 5);
    expect(breaker.waitMs()).toBe(30_000);
  });

  it('is not moved by answers that were asked for before it opened', () => {
    const { breaker, pass, hear, advance } = aBreaker();
    const early = [pass(), pass(), pass()];
    hear(ill, 5);
    for (const [at, each] of early.entries()) breaker.report(each, [well, ill, barred][at] ?? well, null);
    expect(breaker.waitMs()).toBe(30_000);
    advance(30_000);
    expect(pass().isProbe).toBe(true);
  });

  it('lets the next probe through when one was never asked', () => {
    const { breaker, pass, hear, advance } = aBreaker();
    hear(ill, 5);
    advance(30_000);
    breaker.report(pass(), { kind: 'unasked' }, null);
    expect(pass().isProbe).toBe(true);
  });
});

describe('a payment that the provider can never answer', () => {
  it('counts once, however often it fails', () => {
    const { breaker, hear, hearOf } = aBreaker();
    hear(ill, 50, 'poison');
    expect(breaker.waitMs('another')).toBe(0);
    hearOf(ill, 'a', 'b', 'c');
    expect(breaker.waitMs()).toBe(0);
    hear(ill, 1, 'd');
    expect(breaker.waitMs()).toBe(30_000);
  });

  it('as the probe does not open it anew: a call about another may probe at once, and closes it', () => {
    const { breaker, hear, hearOf, advance } = aBreaker();
    hearOf(ill, 'poison', 'a', 'b', 'c', 'd');
    advance(30_000);
    hear(ill, 1, 'poison');
    expect(breaker.enter('poison')).toEqual({ kind: 'shut', retryAfterMs: 60_000 });
    expect(breaker.waitMs('healthy')).toBe(0);
    hear(well, 1, 'healthy');
    expect(breaker.enter('poison')).toEqual({ kind: 'pass', isProbe: false });
  });

  it('and its like wait together, longer each time, so an outage is not probed by each of them', () => {
    const { breaker, hear, hearOf, advance } = aBreaker();
    hearOf(ill, 'a', 'b', 'c', 'd', 'e');
    advance(30_000);
    const waits: number[] = [];
    for (const about of ['a', 'b', 'c', 'd']) {
      hear(ill, 1, about);
      waits.push(breaker.waitMs('e'));
      advance(breaker.waitMs('e'));
    }
    expect(waits).toEqual([60_000, 120_000, 240_000, 300_000]);
  });

  it('is one that had failed before: a first failure of another is the outage, and opens it for all', () => {
    const { breaker, hear, hearOf, advance } = aBreaker();
    hearOf(ill, 'a', 'b', 'c', 'd', 'e');
    advance(30_000);
    hear(ill, 1, 'fresh');
    expect(breaker.waitMs('healthy')).toBe(60_000);
  });
});

describe('a 429', () => {
  it('rests as long as the provider asks', () => {
    const { breaker, hear, advance } = aBreaker();
    hear({ kind: 'limited', retryAfterMs: 7000 });
    expect(breaker.enter(null)).toEqual({ kind: 'shut', retryAfterMs: 7000 });
    advance(7000);
    expect(breaker.enter(null)).toEqual({ kind: 'pass', isProbe: false });
  });

  it('without a time rests 1 s, doubling, and is a failure like another', () => {
    const { breaker, hear, advance } = aBreaker();
    const waits: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      hear({ kind: 'limited', retryAfterMs: null });
      waits.push(breaker.waitMs());
      advance(breaker.waitMs());
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 30_000]);
  });

  it('without a time rests at least half of that, by chance', () => {
    const { breaker, hear } = aBreaker({ random: () => 0 });
    hear({ kind: 'limited', retryAfterMs: null });
    expect(breaker.waitMs()).toBe(500);
  });
});
