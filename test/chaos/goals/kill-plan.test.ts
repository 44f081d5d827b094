import { describe, expect, it } from 'vitest';
import { goals, readOptions } from '../options.js';
import type { VictimKind } from '../victims.js';
import { killPlan } from './kill-plan.js';

describe('a plan of kills', () => {
  it.each(goals)('has for $id each kind that it needs, from the fewest that are taken on', ({ victims }) => {
    for (let kills = victims.length; kills <= 60; kills += 1) {
      expect(killPlan(kills)).toHaveLength(kills);
      expect(new Set(killPlan(kills))).toEqual(new Set([...victims, ...killPlan(kills)]));
    }
  });

  it('of two hundred is shared as the goal says', () => {
    const plan = killPlan(200);
    const counted = (wanted: VictimKind) => plan.filter((kind) => kind === wanted).length;
    expect([counted('api'), counted('worker'), counted('temporal'), counted('postgres')]).toEqual([60, 60, 40, 40]);
  });
});

describe('a run that is asked for', () => {
  const asked = (...args: string[]) => readOptions(['--seed', '1', ...args]);

  it('with fewer kills than a goal has kinds of process is refused before anything starts', () => {
    expect(() => asked('--goal', 'G2,G1', '--kills', '3')).toThrow(
      'G1: 3 kills are too few for 4 kinds of process that have to die: api, worker, temporal, postgres',
    );
    expect(() => asked('--goal', 'G4', '--kills', '0')).toThrow('G4: 0 kills are too few for 2 kinds');
  });

  it('with as many goes ahead, and so does one whose goal needs none', () => {
    expect(asked('--goal', 'G1', '--kills', '4').size.kills).toBe(4);
    expect(asked('--goal', 'G2', '--kills', '0').size.kills).toBe(0);
  });
});
