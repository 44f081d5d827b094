import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { alarmNames } from './domain/alarms.js';
import { wireWords } from './domain/brand.js';
import { version } from './version.js';

export type Metrics = ReturnType<typeof createMetrics>;

/** Each alarm is a series before it is raised: one that begins with its first count shows no growth. */
function fromTheStart(alarms: Counter<'alarm'>): Counter<'alarm'> {
  for (const alarm of alarmNames) alarms.inc({ alarm }, 0);
  return alarms;
}

/** The counters of one process, with units in the name. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const named = (name: string) => wireWords.metricPrefix + name;
  collectDefaultMetrics({ register: registry });
  const build = new Gauge({
    name: named('build_info'),
    help: 'Always 1; its label is the version that runs',
    labelNames: ['version'],
    registers,
  });
  build.set({ version }, 1);
  return {
    registry,
    ipns: new Counter({
      name: named('nowpayments_webhook_total'),
      help: 'IPNs received, by what became of them',
      labelNames: ['outcome'],
      registers,
    }),
    checkouts: new Counter({
      name: named('crypto_checkouts_total'),
      help: 'Checkouts answered with 201: minted, unfinished, stub or replay',
      labelNames: ['answer'],
      registers,
    }),
    priceOverrides: new Counter({
      name: named('crypto_checkout_price_override_attempts_total'),
      help: 'Checkouts in catalogue mode that named another price than the list',
      registers,
    }),
    alarms: fromTheStart(
      new Counter({
        name: named('alarms_total'),
        help: 'What a person must look at, by name',
        labelNames: ['alarm'],
        registers,
      }),
    ),
    providerUp: new Gauge({
      name: named('provider_up'),
      help: 'Whether the calls of a pair of credentials go through: 0 while they rest after failures',
      labelNames: ['host', 'key'],
      registers,
    }),
    providerSeconds: new Histogram({
      name: named('provider_call_duration_seconds'),
      help: 'Calls of the provider, by call and by how they ended',
      labelNames: ['host', 'key', 'call', 'cause'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    payerStreams: new Gauge({
      name: named('payer_streams'),
      help: 'Payment pages that are open and listening',
      registers,
    }),
    requestSeconds: new Histogram({
      name: named('http_request_duration_seconds'),
      help: 'Answers of the API, by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
  };
}
