import { Gauge, type Registry } from 'prom-client';
import type { Backlog } from '../db/figures/backlog.js';
import { wireWords } from '../domain/brand.js';

const gauges: Record<keyof Backlog, { readonly name: string; readonly help: string }> = {
  ordersOpen: { name: 'orders_open', help: 'Orders that are pending, confirming or partial' },
  ordersOverdue: { name: 'orders_overdue', help: 'Open orders whose deadline passed over a minute ago' },
  ordersWithoutAddress: {
    name: 'orders_without_address',
    help: 'Pending orders that the provider is to give an address',
  },
  oldestWithoutAddressSeconds: { name: 'orders_without_address_oldest_seconds', help: 'Age of the oldest of them' },
  ipnsUnhandled: { name: 'ipns_unhandled', help: 'Stored IPNs that no order has dealt with' },
  oldestIpnSeconds: { name: 'ipns_unhandled_oldest_seconds', help: 'Age of the oldest of them' },
  oldestUnsettledSeconds: {
    name: 'paid_unsettled_oldest_seconds',
    help: 'Age of the oldest IPN that says finished and that no order has dealt with',
  },
  ipnsSetAside: { name: 'ipns_set_aside', help: 'Stored IPNs that nobody tries any more until a person releases them' },
  oldestEventSeconds: { name: 'events_unpublished_oldest_seconds', help: 'Age of the oldest event not yet sent' },
  deliveriesOverdue: { name: 'deliveries_overdue', help: 'Deliveries whose next attempt is over a minute late' },
  deliveriesLeftLying: { name: 'deliveries_left_lying', help: 'Deliveries on the wire whose claim ended a minute ago' },
  deliveriesDead: { name: 'deliveries_dead', help: 'Dead letters that nobody discarded' },
  casesOpen: { name: 'support_cases_open', help: 'Support cases that nobody has decided' },
  reconcileSeconds: { name: 'reconcile_finished_ago_seconds', help: 'Time since reconcile last finished a run' },
};

/** Reads the backlog at each scrape, once for all gauges. While the database is away they say NaN, and the rest goes on. */
export function exposeBacklog(registry: Registry, read: () => Promise<Backlog>): void {
  let reading: Promise<Backlog | null> | null = null;
  const current = () =>
    (reading ??= read()
      .catch(() => null) // the scrape shows it
      .finally(() => (reading = null)));
  for (const [key, { name, help }] of Object.entries(gauges)) {
    const gauge: Gauge = new Gauge({
      name: wireWords.metricPrefix + name,
      help,
      registers: [registry],
      collect: async () => gauge.set((await current())?.[key as keyof Backlog] ?? Number.NaN),
    });
  }
}
