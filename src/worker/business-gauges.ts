import { Gauge, type Registry } from 'prom-client';
import { casesWaiting, ipnLag, lastRepairs, ordersByEnd } from '../db/figures/business.js';
import type { Database } from '../db/pool.js';
import { wireWords } from '../domain/brand.js';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Drawn {
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** Gauges that come from one reading: by name, what each of them shows. */
interface Reading<Name extends string = string> {
  readonly gauges: Readonly<Record<Name, Drawn>>;
  read(db: Database): Promise<Readonly<Record<Name, readonly Sample[]>>>;
}

/** Checked where it is written; the list below asks no more than that each name has its samples. */
function reading<Name extends string>(one: Reading<Name>): Reading {
  return one;
}

const byKind = (counts: Readonly<Record<string, number>>): Sample[] =>
  Object.entries(counts).map(([kind, value]) => ({ labels: { kind }, value }));

const readings: readonly Reading[] = [
  reading({
    gauges: {
      orders: { help: 'Orders of all time, by where they stand', labelNames: ['mode', 'status', 'currency'] },
      orders_price_minor_units: {
        help: 'What these orders cost together, in minor units of the currency',
        labelNames: ['mode', 'status', 'currency'],
      },
    },
    async read(db) {
      const rows = await ordersByEnd(db);
      const samples = (value: (row: (typeof rows)[number]) => number) =>
        rows.map((row) => ({
          labels: { mode: row.mode, status: row.status, currency: row.currency },
          value: value(row),
        }));
      return { orders: samples((row) => row.orders), orders_price_minor_units: samples((row) => row.priceCents) };
    },
  }),
  reading({
    gauges: {
      support_cases: { help: 'Support cases that nobody has decided, by kind', labelNames: ['mode', 'kind', 'coin'] },
      support_cases_oldest_seconds: { help: 'Age of the oldest of them', labelNames: ['mode', 'kind', 'coin'] },
      support_cases_coins: { help: 'Coins that these cases are about', labelNames: ['mode', 'kind', 'coin'] },
    },
    async read(db) {
      const rows = await casesWaiting(db);
      const samples = (value: (row: (typeof rows)[number]) => number) =>
        rows.map((row) => ({ labels: { mode: row.mode, kind: row.kind, coin: row.coin }, value: value(row) }));
      return {
        support_cases: samples((row) => row.cases),
        support_cases_oldest_seconds: samples((row) => row.oldestSeconds),
        support_cases_coins: samples((row) => row.coins),
      };
    },
  }),
  reading({
    gauges: {
      reconcile_repairs: { help: 'What the last run of reconcile handed over, by kind', labelNames: ['kind'] },
      reconcile_failures: { help: 'What it could not hand over, by kind', labelNames: ['kind'] },
    },
    async read(db) {
      const { repaired, failed } = await lastRepairs(db);
      const none = Object.fromEntries(Object.keys(repaired).map((kind) => [kind, 0]));
      return { reconcile_repairs: byKind(repaired), reconcile_failures: byKind({ ...none, ...failed }) };
    },
  }),
  reading({
    gauges: {
      ipn_lag_seconds: {
        help: 'From the receipt of the latest IPNs until their orders had dealt with them',
        labelNames: ['quantile'],
      },
    },
    async read(db) {
      const { median, nineteenOfTwenty, longest } = await ipnLag(db);
      const samples = { '0.5': median, '0.95': nineteenOfTwenty, '1': longest };
      return { ipn_lag_seconds: Object.entries(samples).map(([quantile, value]) => ({ labels: { quantile }, value })) };
    },
  }),
];

/**
 * What the business looks like, read from the database at each scrape: exact after any restart, and the same from every
 * worker, so queries take the `max` of them. While the database is away these series are gone, and the rest goes on.
 */
export function exposeBusiness(registry: Registry, db: Database): void {
  for (const one of readings) exposeReading(registry, db, one);
}

function exposeReading(registry: Registry, db: Database, { gauges, read }: Reading): void {
  let reads: ReturnType<Reading['read']> | null = null;
  const current = () =>
    (reads ??= read(db)
      .catch((): Readonly<Record<string, readonly Sample[]>> => ({})) // the scrape shows it: the series are gone
      .finally(() => (reads = null)));
  for (const [name, { help, labelNames }] of Object.entries(gauges)) {
    const gauge: Gauge = new Gauge({
      name: wireWords.metricPrefix + name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect: async () => {
        const samples = (await current())[name] ?? [];
        gauge.reset(); // a kind without cases is no series
        for (const { labels, value } of samples) gauge.set(labels, value);
      },
    });
  }
}
