import type { DoorFigures } from './ipn-door.js';
import type { Latency, Tail } from './latency.js';
import { serverWorkSaved, type Costs, type Measured } from './report.js';
import type { TenMinutes } from './ten-minutes.js';
import type { CpuMs } from './usage.js';

type Rows = readonly (readonly string[])[];

/** What was measured as Markdown: a table a scenario, a line a contender. */
export function tablesOf(measured: Measured): string {
  const { oneIpn, fourIpns, burst, twoOfEach, waiting, latencies, tenMinutes, door } = measured;
  const among = waiting && new Map([[`quittance, ${waiting.orders} waiting`, waiting.cost]]);
  const sections: [string, string | null][] = [
    ['One IPN', costTable(oneIpn)],
    ['Four IPNs, 400 ms apart', costTable(fourIpns)],
    ['A burst: all at once', costTable(burst)],
    ['Four IPNs, paid among many that wait', costTable(among)],
    ['Two APIs and two workers', costTable(twoOfEach)],
    ['Paid after ten minutes', tenMinutes && tenMinutesTable(measured, tenMinutes)],
    ['Latency, p50 / p99 in ms', latencies && latencyTable(latencies)],
    ['The door for IPNs', door && doorTable(door)],
    ['Else', othersTable(measured)],
  ];
  return sections
    .filter(([, text]) => text !== null)
    .map(([title, text]) => `### ${title}\n\n${text}`)
    .join('\n\n');
}

function costTable(costs: Costs | null): string | null {
  if (costs === null) return null;
  const rows = [...costs].map(([name, cost]) => [
    name,
    cost.rates.map((rate) => rate.toFixed(1)).join(' / '),
    cost.cpuMs.all!.toFixed(0),
    partsInWords(cost.cpuMs),
    count(cost.statements),
    count(cost.commits),
    cost.history === null ? '–' : `${cost.history.events}, ${cost.history.actions}, ${cost.history.bytes}`,
  ]);
  return table(
    ['', 'orders/s, by round', 'CPU-ms', 'of which', 'statements', 'commits', 'events, Actions, bytes'],
    rows,
  );
}

function tenMinutesTable(measured: Measured, tenMinutes: ReadonlyMap<string, TenMinutes>): string {
  const rows = [...tenMinutes].map(([name, { serverMs, allMs, history, cpuMs }]) => [
    name,
    serverMs.toFixed(0),
    `${serverWorkSaved(measured, name)?.toFixed(1) ?? '–'} ×`,
    allMs.toFixed(0),
    partsInWords(cpuMs),
    history === null ? '–' : `${history.events}, ${history.actions}, ${history.bytes}`,
  ]);
  return table(['', 'Temporal and PostgreSQL, CPU-ms', 'to ours', 'all', 'of which', 'events, Actions, bytes'], rows);
}

function latencyTable(latencies: ReadonlyMap<string, Latency>): string {
  const rows = [...latencies].map(([name, { checkoutMs, paidMs, signalToPaidMs }]) => [
    name,
    tail(checkoutMs),
    signalToPaidMs === null ? '–' : tail(signalToPaidMs),
    tail(paidMs),
  ]);
  return table(['', 'checkout', 'signal to paid', 'coins to paid'], rows);
}

function doorTable({ acksPerSecond, atHalfMs, forgedPerSecond, amongForgeriesMs, cpuMs }: DoorFigures): string {
  return table(
    [
      'acknowledged/s',
      'p50 / p99 at half of it',
      'the same among as many forgeries',
      'forgeries refused/s',
      'CPU-ms each',
    ],
    [
      [
        acksPerSecond.toFixed(0),
        tail(atHalfMs),
        tail(amongForgeriesMs),
        forgedPerSecond.toFixed(0),
        partsInWords(cpuMs, 2),
      ],
    ],
  );
}

function othersTable({ waiting, pollCallsPerMinute, coldStart }: Measured): string | null {
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
  const rows = [
    waiting && [
      'a waiting order, in our database and in Temporal’s',
      `${kib(waiting.bytes.ours)}, ${kib(waiting.bytes.temporal)}`,
    ],
    pollCallsPerMinute !== null && ['provider calls a minute, 10,000 open', pollCallsPerMinute.toFixed(0)],
    coldStart && ['cold start of API, worker, ms', pairInWords(coldStart.ms)],
    coldStart && ['the same, CPU-ms', pairInWords(coldStart.cpuMs)],
  ].filter((row) => row !== null && row !== false);
  return rows.length === 0 ? null : table(['', ''], rows);
}

function partsInWords(cpuMs: CpuMs, digits = 0): string {
  const parts = Object.entries(cpuMs).filter(([part, ms]) => part !== 'all' && ms >= 0.5 / 10 ** digits);
  return parts.map(([part, ms]) => `${part} ${ms.toFixed(digits)}`).join(', ');
}

const pairInWords = ({ api, worker }: { api: number; worker: number }) => `${api.toFixed(0)}, ${worker.toFixed(0)}`;
const count = (value: number | null): string => (value === null ? '–' : value.toFixed(1));
const tail = ({ p50, p99 }: Tail): string => `${p50.toFixed(0)} / ${p99.toFixed(0)}`;

function table(head: readonly string[], rows: Rows): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
