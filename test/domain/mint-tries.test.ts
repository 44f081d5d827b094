import { describe, expect, it } from 'vitest';
import { nextTry, type MintOutcomeName, type MintTry } from '../../src/domain/payments/mint-tries.js';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
const tried = (outcome: MintOutcomeName, second: number): MintTry => ({ outcome, startedAt: at(second) });

describe('another try to mint', () => {
  it('is made at once while none was lost', () => {
    expect(nextTry([], at(0))).toEqual({ kind: 'now' });
  });

  it.each(['refused', 'not_sent'] as const)('costs nothing after one that ended as %s', (outcome) => {
    const many = Array.from({ length: 100 }, (_, second) => tried(outcome, second));
    expect(nextTry(many, at(100))).toEqual({ kind: 'now' });
  });

  it.each(['absent', 'unseen', 'unusable'] as const)('waits twice as long after each that ended as %s', (outcome) => {
    const one = [tried(outcome, 0)];
    expect(nextTry(one, at(14))).toEqual({ kind: 'later', waitMs: 1_000 });
    expect(nextTry(one, at(15))).toEqual({ kind: 'now' });
    const two = [...one, tried(outcome, 15)];
    expect(nextTry(two, at(15))).toEqual({ kind: 'later', waitMs: 30_000 });
    const four = [...two, tried(outcome, 45), tried(outcome, 105)];
    expect(nextTry(four, at(105))).toEqual({ kind: 'later', waitMs: 120_000 });
    expect(nextTry(four, at(225))).toEqual({ kind: 'now' });
  });

  it('is not made after five that were lost, whatever else was tried between them', () => {
    const lost = (['absent', 'unseen', 'unusable', 'absent', 'absent'] as const).map((outcome) => tried(outcome, 0));
    const four = [tried('not_sent', 0), ...lost.slice(0, 4), tried('refused', 0)];
    expect(nextTry(four, at(3_600))).toEqual({ kind: 'now' });
    expect(nextTry([...four, tried('absent', 0)], at(3_600))).toEqual({ kind: 'give_up', tries: 5 });
  });
});
