import { parseArgs } from 'node:util';
import { g1 } from './goals/g1.js';
import { g2 } from './goals/g2.js';
import { g3 } from './goals/g3.js';
import { g4 } from './goals/g4.js';
import { g5 } from './goals/g5.js';
import { pairs } from './goals/pairs.js';
import type { Goal, GoalSize } from './goals/goal.js';
import { tooFewKills } from './goals/kill-plan.js';

export const goals: readonly Goal[] = [g1, g2, g3, g4, g5, pairs];

export interface ChaosOptions {
  readonly seed: number;
  readonly goals: readonly Goal[];
  readonly size: GoalSize;
  readonly payWindow: string;
  readonly patienceMs: number; // of the quiet period
  readonly json: string | null;
  readonly stories: string; // where the story of a failure goes
  readonly sabotages: readonly string[]; // beginnings of the names of patches
  readonly others: readonly string[]; // the arguments without the sabotages
}

export const usage = `npm run chaos -- [--goal G1,G2,G3,G4,G5,PAIRS] [--scale 0.01] [--seed N] [--orders N] [--kills N]
  [--rate 3] [--window "2 minutes"] [--patience 300] [--json FILE] [--stories FOLDER] [--sabotage 13,30]`;

export function readOptions(args: readonly string[]): ChaosOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: text,
      goal: { ...text, default: goals.map(({ id }) => id).join(',') },
      scale: { ...text, default: '0.01' },
      orders: text,
      kills: text,
      rate: { ...text, default: '3' },
      patience: { ...text, default: '300' },
      window: { ...text, default: '2 minutes' },
      json: text,
      stories: { ...text, default: 'artifacts/chaos' },
      sabotage: text,
    },
  });
  const chosen = values.goal.split(',').map((name) => goals.find(({ id }) => id === name.trim().toUpperCase()));
  if (chosen.includes(undefined))
    throw new Error(`${values.goal}: the goals are ${goals.map(({ id }) => id).join(', ')}`);
  const chosenGoals = chosen.filter((goal) => goal !== undefined);
  const kills = values.kills === undefined ? null : whole('kills', values.kills);
  for (const { id, victims } of chosenGoals) {
    const fault = kills === null ? null : tooFewKills(kills, victims);
    if (fault !== null) throw new Error(`${id}: ${fault}`);
  }
  const at = args.findIndex((arg) => arg.startsWith('--sabotage'));
  return {
    seed: values.seed === undefined ? Date.now() % 1_000_000 : whole('seed', values.seed),
    goals: chosenGoals,
    size: {
      scale: positive('scale', values.scale),
      orders: values.orders === undefined ? null : whole('orders', values.orders),
      kills,
      perSecond: positive('rate', values.rate),
    },
    payWindow: values.window,
    patienceMs: positive('patience', values.patience) * 1_000,
    json: values.json ?? null,
    stories: values.stories,
    sabotages: values.sabotage?.split(',') ?? [],
    others: at < 0 ? args : args.toSpliced(at, args[at]?.includes('=') ? 1 : 2),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a positive number, not ${text}`);
  return value;
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} must be a whole number, not ${text}`);
  return Number(text);
}
