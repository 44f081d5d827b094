import { describe, expect, it } from 'vitest';
import { type ClaimRound, createClaimLoop } from '../../src/activities/deliver/claim-loop.js';
import { eventually } from '../support/eventually.js';

const something: ClaimRound = { found: true, lackedPlaces: false };
const nothing: ClaimRound = { found: false, lackedPlaces: false };
const tooFew: ClaimRound = { found: false, lackedPlaces: true };

/** A loop whose rounds answer what the test says, then nothing. `during` happens while a round is under way. */
function aLoop(answers: readonly (ClaimRound | Error)[], during: (round: number) => void = () => {}) {
  let rounds = 0;
  const failures: unknown[] = [];
  const loop = createClaimLoop(
    async () => {
      const answer = answers[rounds] ?? nothing;
      rounds += 1;
      during(rounds);
      await Promise.resolve();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    (failure) => failures.push(failure),
  );
  return { loop, rounds: () => rounds, failures };
}

describe('looking for what is due', () => {
  it('goes on for as long as a round finds something', async () => {
    const { loop, rounds } = aLoop([something, something]);
    await loop.look();
    expect(rounds()).toBe(3);
    expect(loop.isLooking()).toBe(false);
  });

  it('is done by one at a time', async () => {
    const { loop, rounds } = aLoop([]);
    await Promise.all([loop.look(), loop.look()]);
    expect(rounds()).toBe(1);
  });

  it('begins again with a free place when places were missing, and not when nothing was left', async () => {
    const { loop, rounds } = aLoop([tooFew, nothing]);
    await loop.look();
    loop.placeIsFree();
    await eventually(async () => expect(loop.isLooking()).toBe(false));
    expect(rounds()).toBe(2);
    loop.placeIsFree();
    expect(loop.isLooking()).toBe(false);
  });

  it('goes on when a place that was missing became free while the round was under way', async () => {
    const { loop, rounds } = aLoop([tooFew], (round) => {
      if (round === 1) loop.placeIsFree();
    });
    await loop.look();
    expect(rounds()).toBe(2);
  });

  it('does not go on for a free place that nobody lacked', async () => {
    const { loop, rounds } = aLoop([nothing], () => loop.placeIsFree());
    await loop.look();
    expect(rounds()).toBe(1);
  });

  it('breaks with its round, is reported when nobody asked, and can begin again', async () => {
    const { loop, rounds, failures } = aLoop([something, new Error('away'), new Error('still away')]);
    await expect(loop.look()).rejects.toThrow('away');
    loop.placeIsFree(); // the first round had found something: more may be due
    await eventually(async () => expect(failures.map(String)).toEqual(['Error: still away']));
    await loop.look();
    expect(rounds()).toBe(4);
  });

  it('ends with the round under way once it is stopped', async () => {
    const { loop, rounds } = aLoop([something, something], () => loop.stop());
    await loop.look();
    await loop.look();
    loop.placeIsFree();
    expect(rounds()).toBe(1);
  });
});
