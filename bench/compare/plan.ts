import { parseArgs } from 'node:util';
import { minute } from '../../src/domain/timing.js';
import type { Load } from './rounds.js';

export const scenarios = [
  'one_ipn',
  'four_ipns',
  'burst',
  'latency',
  'ipn_door',
  'ten_minutes',
  'two_of_each',
  'waiting',
  'poll_calls',
  'cold_start',
] as const;
export type Scenario = (typeof scenarios)[number];

/** What is run, and how much of it. */
export interface Plan {
  /** No time for those whose latency, and whose ten minutes, no goal speaks of. */
  readonly isQuick: boolean;
  readonly load: Load;
  readonly burst: number; // orders that all come at once
  readonly pace: { readonly count: number; readonly perSecond: number };
  readonly notices: number; // of each kind, at the door for IPNs
  readonly tenMinutes: { readonly orders: number; readonly waitMs: number }; // how many wait, and what stands for the ten
  readonly waiting: number;
  readonly settleMs: number; // from the last checkout until those are paid that wait: the grace, when it is long enough
  readonly idleMs: number;
  readonly coldStarts: number;
  readonly isIn: (scenario: Scenario) => boolean;
  readonly leftOut: readonly { readonly scenario: Scenario; readonly reason: string }[];
  readonly jsonFile: string | null;
}

const enough = {
  orders: 150,
  steady: 120,
  notices: 6_000,
  tenMinutes: { orders: 300, waitMs: minute },
  waiting: 5_000,
  settleMs: 3 * minute,
};
const quickly = {
  orders: 28,
  steady: 18,
  notices: 1_500,
  tenMinutes: { orders: 60, waitMs: 12_000 },
  waiting: 150,
  settleMs: 0,
};
const tooLong: Partial<Record<Scenario, string>> = {
  two_of_each: 'left out by --quick: needs rounds of its own beside one of each',
  poll_calls: 'left out by --quick: ten thousand orders are opened and two minutes watched',
};

export function readPlan(args: readonly string[]): Plan {
  const { values: options } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false }, // four minutes instead of forty
      json: { type: 'string' }, // a file for the figures
      only: { type: 'string' }, // scenarios, with commas
      orders: { type: 'string' }, // in each round
      rounds: { type: 'string', default: '3' },
      waiting: { type: 'string' },
      clients: { type: 'string', default: '16' },
      rate: { type: 'string', default: '3' }, // orders a second where latency is looked at
      steady: { type: 'string' }, // orders there
    },
  });
  const size = options.quick ? quickly : enough;
  const orders = Number(options.orders ?? size.orders);
  const reasons = reasonsFor(options);
  return {
    isQuick: options.quick,
    load: { orders, clients: Number(options.clients), rounds: Number(options.rounds) },
    burst: Math.min(2 * orders, 150),
    pace: { count: Number(options.steady ?? size.steady), perSecond: Number(options.rate) },
    notices: size.notices,
    tenMinutes: size.tenMinutes,
    waiting: Number(options.waiting ?? size.waiting),
    settleMs: size.settleMs,
    idleMs: options.quick ? 8_000 : 30_000,
    coldStarts: options.quick ? 2 : 5,
    isIn: (scenario) => reasons[scenario] === undefined,
    leftOut: scenarios.flatMap((scenario) => {
      const reason = reasons[scenario];
      return reason === undefined ? [] : [{ scenario, reason }];
    }),
    jsonFile: options.json ?? null,
  };
}

function reasonsFor({ quick, only }: { quick: boolean; only?: string | undefined }): Partial<Record<Scenario, string>> {
  const wanted = only?.split(',');
  const stranger = wanted?.find((name) => !scenarios.some((scenario) => scenario === name));
  if (stranger !== undefined) throw new Error(`no scenario ${stranger}: there are ${scenarios.join(', ')}`);
  if (wanted === undefined) return quick ? tooLong : {};
  return Object.fromEntries(
    scenarios.filter((scenario) => !wanted.includes(scenario)).map((scenario) => [scenario, 'left out by --only']),
  );
}
