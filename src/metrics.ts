import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { alarmNames } from './domain/alarms.js';
import { wireWords } from './domain/brand.js';
import { version } from './version.js';

const metricName = (name: string) => wireWords.metricPrefix + name;

export type Metrics = ReturnType<typeof createMetrics>;

/** The connections of a pool, as the pool counts them. */
interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** What becomes of an IPN at the door. */
export const ipnOutcomes = [
  'ok',
  'other',
  'store_failed',
  'signature_missing',
  'signature_invalid',
  'too_many_invalid',
  'empty_body',
  'malformed_event',
  'over_quota',
] as const;

/** How a checkout is answered: by whom its address is, or why it has none. */
export const checkoutAnswers = ['nowpayments', 'stub', 'unfinished', 'replay'] as const;

/** Each is a series before it is counted: one that begins with its first count shows no growth. */
function fromTheStart<Label extends string, Name extends string>(
  counter: Counter<Label>,
  label: Label,
  names: readonly Name[],
): Omit<Counter<Label>, 'inc'> & { inc(counted: Readonly<Record<Label, Name>>): void } {
  const labelled = (name: Name) => ({ [label]: name }) as Record<Label, Name>;
  for (const name of names) counter.inc(labelled(name), 0);
  return counter;
}

/** Counters whose labels are known: what became of IPNs, of checkouts, and what a person must look at. */
function seriesFromTheStart(registry: Registry) {
  const registers = [registry];
  return {
    ipns: fromTheStart(
      new Counter({
        name: metricName('nowpayments_webhook_total'),
        help: 'IPNs received, by what became of them',
        labelNames: ['outcome'],
        registers,
      }),
      'outcome',
      ipnOutcomes,
    ),
    checkouts: fromTheStart(
      new Counter({
        name: metricName('crypto_checkouts_total'),
        help: 'Checkouts answered with 201: minted, unfinished, stub or replay',
        labelNames: ['answer'],
        registers,
      }),
      'answer',
      checkoutAnswers,
    ),
    alarms: fromTheStart(
      new Counter({
        name: metricName('alarms_total'),
        help: 'What a person must look at, by name',
        labelNames: ['alarm'],
        registers,
      }),
      'alarm',
      alarmNames,
    ),
  };
}

/** The counters of one process, with units in the name. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const build = new Gauge({
    name: metricName('build_info'),
    help: 'Always 1; its label is the version that runs',
    labelNames: ['version'],
    registers,
  });
  build.set({ version }, 1);
  return {
    registry,
    watchPool: poolWatch(registry),
    ...seriesFromTheStart(registry),
    priceOverrides: new Counter({
      name: metricName('crypto_checkout_price_override_attempts_total'),
      help: 'Checkouts in catalogue mode that named another price than the list',
      registers,
    }),
    providerUp: new Gauge({
      name: metricName('provider_up'),
      help: 'Whether the calls of a pair of credentials go through: 0 while they rest after failures',
      labelNames: ['host', 'key'],
      registers,
    }),
    providerSeconds: new Histogram({
      name: metricName('provider_call_duration_seconds'),
      help: 'Calls of the provider, by call and by how they ended',
      labelNames: ['host', 'key', 'call', 'cause'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    payerStreams: new Gauge({
      name: metricName('payer_streams'),
      help: 'Payment pages that are open and listening',
      registers,
    }),
    requestSeconds: new Histogram({
      name: metricName('http_request_duration_seconds'),
      help: 'Answers of the API, by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
  };
}

/** Shows a pool's connections at each scrape. One that is wired anew takes the place of the one of its name. */
function poolWatch(registry: Registry): (name: string, counts: PoolCounts) => void {
  const pools = new Map<string, PoolCounts>();
  const gauge: Gauge<'pool' | 'state'> = new Gauge({
    name: metricName('database_connections'),
    help: 'Connections to PostgreSQL by pool: busy, idle, and how many callers wait for one',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect: () => {
      for (const [pool, { totalCount, idleCount, waitingCount }] of pools) {
        gauge.set({ pool, state: 'busy' }, totalCount - idleCount);
        gauge.set({ pool, state: 'idle' }, idleCount);
        gauge.set({ pool, state: 'waiting' }, waitingCount);
      }
    },
  });
  return (name, counts) => void pools.set(name, counts);
}
