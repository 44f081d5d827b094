import { describe, expect, it } from 'vitest';
import { readPlan } from '../../bench/compare/plan.js';
import { type Costs, type Measured, figuresOf, ratioOf, serverWorkSaved } from '../../bench/compare/report.js';
import type { Cost } from '../../bench/compare/rounds.js';
import type { TenMinutes } from '../../bench/compare/ten-minutes.js';

const cost = (rates: readonly number[], over: Partial<Cost> = {}): Cost => ({
  perSecond: rates[0]!,
  rates,
  cpuMs: { all: 100 },
  commits: null,
  statements: null,
  history: null,
  ...over,
});
const costs = (entries: Readonly<Record<string, Cost>>): Costs => new Map(Object.entries(entries));
const nothing: Measured = {
  oneIpn: null,
  fourIpns: null,
  burst: null,
  twoOfEach: null,
  latencies: null,
  tenMinutes: null,
  door: null,
  waiting: null,
  pollCallsPerMinute: null,
  coldStart: null,
};

describe('a ratio', () => {
  it('is the median of pairs of one round: what drifts from round to round spoils no pair', () => {
    const drifting = costs({ quittance: cost([10, 20, 5]), 'floor, normal activities': cost([20, 40, 9]) });
    expect(ratioOf(drifting, 'floor, normal activities')).toBe(0.5);
  });

  it('to somebody who did not run is none', () => {
    expect(ratioOf(costs({ quittance: cost([10]) }), 'naive')).toBeNull();
    expect(ratioOf(null, 'naive')).toBeNull();
  });

  it('of server work says how many times as much the other needs', () => {
    const of = (serverMs: number): TenMinutes => ({ serverMs, allMs: 0, cpuMs: {}, history: null });
    const tenMinutes = new Map([
      ['quittance', of(50)],
      ['naive', of(350)],
    ]);
    expect(serverWorkSaved({ tenMinutes }, 'naive')).toBe(7);
  });
});

describe('the figures', () => {
  it('of what did not run are null, each with its reason', () => {
    const plan = readPlan(['--only', 'one_ipn']);
    const figures = figuresOf({ ...nothing, oneIpn: costs({ quittance: cost([12.345]) }) }, plan);
    expect(figures.completed_per_s).toMatchObject({ one_ipn: 12.3, four_ipns: null, five_thousand_waiting: null });
    expect(figures.ratio_to_naive).toBeNull();
    expect(figures.ipn_acks_per_s).toBeNull();
    expect(figures.left_out).toMatchObject({ four_ipns: 'left out by --only', waiting: 'left out by --only' });
    expect(figures.left_out).not.toHaveProperty('one_ipn');
  });

  it('of a short run do not pass a few waiting orders off as five thousand', () => {
    const bytes = { ours: 3_000, temporal: 34_000 };
    const waiting = { orders: 150, madePerSecond: 20, bytes, cost: cost([8]) };
    const figures = figuresOf({ ...nothing, waiting }, readPlan(['--quick']));
    expect(figures.completed_per_s.five_thousand_waiting).toBeNull();
    expect(figures.waiting).toMatchObject({ orders: 150, completed_per_s: 8 });
    expect(figures.left_out).toMatchObject({ five_thousand_waiting: 'only 150 orders waited: see waiting' });
  });
});

describe('the plan', () => {
  it('of a short run has every contender and three rounds, and says what it leaves out', () => {
    const { load, leftOut } = readPlan(['--quick']);
    expect(load.rounds).toBe(3);
    expect(leftOut.map(({ scenario }) => scenario)).toEqual(['two_of_each', 'poll_calls']);
  });

  it('knows no other scenarios than its own', () => {
    expect(() => readPlan(['--only', 'one_ipn,ten_ipns'])).toThrow('no scenario ten_ipns');
  });
});
