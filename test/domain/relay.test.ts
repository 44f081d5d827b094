import { describe, expect, it } from 'vitest';
import { isHeld, mostLooks, nextLook, type RelayEnd } from '../../src/domain/facts/relay.js';

const relayedAt = '2026-11-24T12:00:00.000Z';
const seconds = (relayed: string | null, attempts: number, end: RelayEnd) => {
  const next = nextLook({ relayedAt: relayed, attempts }, end);
  return next.kind === 'later' ? next.waitMs / 1_000 : next.kind;
};

describe('a row that nobody has handed over', () => {
  it('is looked at two minutes after it was, however often that had failed', () => {
    expect(seconds(null, 1, 'handed over')).toBe(120);
    expect(seconds(null, 300, 'handed over')).toBe(120);
  });

  it('waits seconds while Temporal is away, and is never set aside for it', () => {
    expect([1, 2, 3, 4, 500].map((attempts) => seconds(null, attempts, 'away'))).toEqual([2, 4, 8, 15, 15]);
  });

  it('waits ever longer when it is refused, and is set aside in the end', () => {
    expect([1, 2, 3, 9, 15, 19].map((attempts) => seconds(null, attempts, 'refused'))).toEqual([
      2, 4, 8, 512, 21_600, 21_600,
    ]);
    expect(seconds(null, mostLooks, 'refused')).toBe('set aside');
  });
});

describe('a row that its workflow has', () => {
  it.each<RelayEnd>(['handed over', 'left alone', 'refused', 'away'])('waits ever longer: %s', (end) => {
    expect([2, 3, 4, 19].map((attempts) => seconds(relayedAt, attempts, end))).toEqual([240, 480, 960, 21_600]);
  });

  it('is set aside after twenty looks, but not because nobody could be asked', () => {
    expect(seconds(relayedAt, 20, 'left alone')).toBe('set aside');
    expect(seconds(relayedAt, 20, 'handed over')).toBe('set aside');
    expect(seconds(relayedAt, 20, 'away')).toBe(21_600);
  });

  it('stays with the run that was there when it was handed over', () => {
    expect(isHeld({ isRunning: true, startedAt: '2026-11-24T11:00:00.000Z' }, relayedAt)).toBe(true);
    expect(isHeld({ isRunning: true, startedAt: relayedAt }, relayedAt)).toBe(true);
  });

  it('is lost with a run that ended, that began later, or that is not there', () => {
    expect(isHeld({ isRunning: false, startedAt: '2026-11-24T11:00:00.000Z' }, relayedAt)).toBe(false);
    expect(isHeld({ isRunning: true, startedAt: '2026-11-24T12:00:00.001Z' }, relayedAt)).toBe(false);
    expect(isHeld(null, relayedAt)).toBe(false);
  });
});
