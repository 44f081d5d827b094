import { describe, expect, it } from 'vitest';
import {
  rollbackOf,
  unserved,
  whyNeeded,
  whyNotReady,
  type Release,
  type Rollout,
} from '../../src/domain/releases/rollout.js';

const now = Date.parse('2026-03-01T12:00:00.000Z');

function release(build: string, over: Partial<Release> = {}): Release {
  const firstSeenAt = `2026-02-0${build[0]}T00:00:00.000Z`; // the first digit is the day
  return { build, firstSeenAt, wasCurrent: true, restingSince: null, openOrders: 0, isPolled: true, ...over };
}

const rollout = (over: Partial<Rollout>): Rollout => ({
  current: '2.0',
  ramping: null,
  percent: 0,
  releases: [release('1.0'), release('2.0'), release('3.0', { wasCurrent: false })],
  ...over,
});

describe('a rollback', () => {
  it('ends the ramp that is under way, and no more', () => {
    expect(rollbackOf(rollout({ ramping: '3.0', percent: 20 }))).toEqual({ ramp: 'ends' });
  });

  it('goes to the release before the current one', () => {
    expect(rollbackOf(rollout({}))).toEqual({ promote: '1.0' });
  });

  it('said twice goes one further back, never forth again', () => {
    const releases = [release('1.0'), release('2.0'), release('3.0')];
    expect(rollbackOf(rollout({ current: '3.0', releases }))).toEqual({ promote: '2.0' });
    expect(rollbackOf(rollout({ current: '2.0', releases }))).toEqual({ promote: '1.0' });
    expect(rollbackOf(rollout({ current: '1.0', releases }))).toBeNull();
  });

  it('never goes to a release that was never current', () => {
    const releases = [release('1.0', { wasCurrent: false }), release('2.0')];
    expect(rollbackOf(rollout({ releases }))).toBeNull();
  });

  it('there is none where no release is current', () => {
    expect(rollbackOf(rollout({ current: null }))).toBeNull();
  });
});

describe('the workers of a release', () => {
  const of = (build: string, over: Partial<Rollout>) => whyNeeded(rollout(over), build, now);

  it('are needed while new orders begin on it, all or some', () => {
    expect(of('2.0', {})).toBe('it is current: new orders begin on it');
    expect(of('3.0', { ramping: '3.0', percent: 20 })).toBe('it takes 20 % of the new orders');
  });

  it('are needed while an order that it began is open', () => {
    const releases = [release('1.0', { openOrders: 3, restingSince: '2026-02-20T00:00:00.000Z' })];
    expect(of('1.0', { releases })).toBe('open orders that it began: 3');
  });

  it('are needed for a minute after it took new orders: some may not be listed yet', () => {
    const rested = (restingSince: string) => of('1.0', { releases: [release('1.0', { restingSince })] });
    expect(rested('2026-03-01T11:59:01.000Z')).toBe('it took new orders until a moment ago');
    expect(rested('2026-03-01T11:59:00.000Z')).toBeNull();
  });

  it('may go when it is empty, and when it never took an order', () => {
    expect(of('1.0', {})).toBeNull();
    expect(of('3.0', {})).toBeNull();
  });
});

describe('a release', () => {
  it('can take orders when a worker of it is there', () => {
    expect(whyNotReady(rollout({}), '3.0')).toBeNull();
  });

  it('cannot when none is, or none ever was', () => {
    expect(whyNotReady(rollout({ releases: [release('3.0', { isPolled: false })] }), '3.0')).toMatch(/there now/);
    expect(whyNotReady(rollout({}), '4.0')).toMatch(/ever been seen/);
  });

  it('whose orders are open and whose workers are gone has them stand still', () => {
    const gone = { isPolled: false };
    const releases = [release('1.0', { ...gone, openOrders: 1 }), release('2.0', gone), release('3.0', gone)];
    expect(unserved(rollout({ releases }), now)).toEqual(['1.0', '2.0']);
  });
});
