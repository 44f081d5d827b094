import type { DoorFigures } from './ipn-door.js';
import type { Latency } from './latency.js';
import { median } from '../quantiles.js';
import type { ColdStart } from './pair.js';
import type { Plan } from './plan.js';
import type { Cost } from './rounds.js';
import type { TenMinutes } from './ten-minutes.js';
import type { Waiting } from './waiting-orders.js';

export type Costs = ReadonlyMap<string, Cost>; // by contender

/** Everything that was measured; null: it was left out. */
export interface Measured {
  readonly oneIpn: Costs | null;
  readonly fourIpns: Costs | null;
  readonly burst: Costs | null;
  readonly twoOfEach: Costs | null;
  readonly latencies: ReadonlyMap<string, Latency> | null;
  readonly tenMinutes: ReadonlyMap<string, TenMinutes> | null;
  readonly door: DoorFigures | null;
  readonly waiting: Waiting | null;
  readonly pollCallsPerMinute: number | null;
  readonly coldStart: ColdStart | null;
}

const ours = 'quittance';
export const thousands = 5_000;

/** The figures by the names that later runs are compared by. What was not measured is null, with its reason beside it. */
export function figuresOf(measured: Measured, plan: Plan) {
  const { oneIpn, fourIpns, latencies, door, waiting } = measured;
  const own = { one_ipn: oneIpn?.get(ours), four_ipns: fourIpns?.get(ours) };
  const many = waiting !== null && waiting.orders >= thousands ? waiting : null;
  const perWay = (of: (cost: Cost) => number | null | undefined) => ({
    one_ipn: figure(own.one_ipn && of(own.one_ipn)),
    four_ipns: figure(own.four_ipns && of(own.four_ipns)),
  });
  const perScenario = (of: (cost: Cost) => number | undefined) => ({
    ...perWay(of),
    five_thousand_waiting: figure(many && of(many.cost)),
  });
  return {
    ratio_to_floor: figure(ratioOf(oneIpn, 'floor, normal activities')),
    ratio_to_floor_local: figure(ratioOf(oneIpn, 'floor, local activities')),
    ratio_to_floor_four_ipns: figure(ratioOf(fourIpns, 'floor, normal activities')),
    ratio_to_naive: figure(serverWorkSaved(measured, 'naive')),
    ratio_to_naive_rate: figure(ratioOf(oneIpn, 'naive')),
    ratio_to_dbos: figure(ratioOf(oneIpn, 'dbos')),
    ratio_to_sql: figure(ratioOf(oneIpn, 'sql')),
    completed_per_s: {
      ...perScenario(({ perSecond }) => perSecond),
      burst: figure(measured.burst?.get(ours)?.perSecond),
      two_of_each: figure(measured.twoOfEach?.get(`${ours}, two of each`)?.perSecond),
    },
    cpu_ms_per_order: {
      ...perScenario(({ cpuMs }) => cpuMs.all),
      paid_after_ten_minutes: figure(measured.tenMinutes?.get(ours)?.allMs),
    },
    history_events: perWay(({ history }) => history?.events),
    actions: perWay(({ history }) => history?.actions),
    history_bytes: perWay(({ history }) => history?.bytes),
    statements_per_order: perWay(({ statements }) => statements),
    commits_per_order: perWay(({ commits }) => commits),
    bytes_per_waiting_order: figure(waiting && waiting.bytes.ours + waiting.bytes.temporal),
    waiting: waiting && {
      orders: waiting.orders,
      made_per_s: figure(waiting.madePerSecond),
      bytes: { ours: figure(waiting.bytes.ours), temporal: figure(waiting.bytes.temporal) },
      completed_per_s: figure(waiting.cost.perSecond),
      cpu_ms_per_order: figure(waiting.cost.cpuMs.all),
      cpu_to_none_waiting: figure(own.four_ipns && waiting.cost.cpuMs.all! / own.four_ipns.cpuMs.all!),
    },
    checkout_ms: rounded(latencies?.get(ours)?.checkoutMs),
    signal_to_paid_ms: rounded(latencies?.get(ours)?.signalToPaidMs),
    ipn_acks_per_s: figure(door?.acksPerSecond),
    ipn_ack_ms: rounded(door && { ...door.atHalfMs, p99_among_forgeries: door.amongForgeriesMs.p99 }),
    ipn_cpu_ms: rounded(door?.cpuMs),
    forgeries_refused_per_s: figure(door?.forgedPerSecond),
    poll_calls_per_min_at_10000_open: figure(measured.pollCallsPerMinute),
    cold_start_ms: rounded(measured.coldStart?.ms),
    cold_start_cpu_ms: rounded(measured.coldStart?.cpuMs),
    left_out: leftOutOf(measured, plan),
  };
}

/** Round by round, since the rounds of a pair follow each other. */
export function ratioOf(costs: Costs | null, name: string): number | null {
  const own = costs?.get(ours);
  const other = costs?.get(name);
  if (own === undefined || other === undefined) return null;
  return median(own.rates.map((rate, round) => rate / other.rates[round]!));
}

/** How many times as much work of Temporal and PostgreSQL another's order takes that is paid after ten minutes. */
export function serverWorkSaved({ tenMinutes }: Pick<Measured, 'tenMinutes'>, name: string): number | null {
  const own = tenMinutes?.get(ours);
  const other = tenMinutes?.get(name);
  return own === undefined || other === undefined ? null : other.serverMs / own.serverMs;
}

function leftOutOf({ waiting }: Measured, { leftOut }: Plan): Record<string, string> {
  const fewWait = `only ${waiting?.orders} orders waited: see waiting`;
  return {
    ...Object.fromEntries(leftOut.map(({ scenario, reason }) => [scenario, reason])),
    ...(waiting !== null && waiting.orders < thousands ? { five_thousand_waiting: fewWait } : {}),
  };
}

/** Three figures are more than these measurements know. */
function figure(value: number | null | undefined): number | null {
  if (value === null || value === undefined || !Number.isFinite(value)) return null;
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

function rounded<Name extends string>(values: Readonly<Record<Name, number>> | null | undefined) {
  if (values === null || values === undefined) return null;
  const entries = Object.entries<number>(values).map(([name, value]) => [name, figure(value)]);
  return Object.fromEntries(entries) as Record<Name, number | null>;
}
