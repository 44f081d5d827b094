import { createHash } from 'node:crypto';
import { isClosed } from '../../domain/order.js';
import { isDepositRole, knownOf } from '../../domain/payments/deposits.js';
import { isWorthReading, wordOf } from '../../domain/payments/listed.js';
import type { PaymentView } from '../../domain/payments/payment-view.js';
import { markProviderChecked } from '../../db/orders/order-changes.js';
import type { OrderRecord } from '../../db/orders/order-record.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { readEvidence, type EvidenceDependencies } from '../evidence.js';
import { existingRecord } from '../order-state.js';
import type { RelayDependencies } from './relay-facts.js';

export type ReadDependencies = RelayDependencies & EvidenceDependencies;

interface Reading {
  readonly runId: string;
  readonly dryRun: boolean;
}

// Payments beside the deposits of an order: a mint that was lost, or one that was made at the provider by hand.
const mostStrangers = 10;

/**
 * Reads the provider; what it knows and we do not becomes a fact for the order's workflow. The fact is this run's: twice in
 * one run is once, and if the order's own read lags behind ours and finds nothing new, the next run hands it over again.
 */
export async function readAgain(deps: ReadDependencies, run: Reading, order: OrderRow): Promise<boolean> {
  const read: Known = { run, record: await existingRecord(deps.pool, order.id) };
  const isRung = await readStrangers(deps, read);
  const isRungToo = read.record.order.payAddress === null ? false : await readDeposits(deps, read);
  if (isRungToo === null) return isRung;
  if (!run.dryRun) await markProviderChecked(deps.pool, order.id); // not before it is handed over
  return isRung || isRungToo;
}

interface Known {
  readonly run: Reading;
  readonly record: OrderRecord;
}

/** Whether there was news of the order's deposits; null: they could not be read. */
async function readDeposits(deps: ReadDependencies, { run, record }: Known): Promise<boolean | null> {
  const { order, payments: known } = record;
  // A closed order's final deposits may still be sent back; on an open one somebody rings for them.
  const evidence = await readEvidence(deps, record, { priority: 'reconcile', finalToo: isClosed(order.status) });
  if (evidence.kind === 'unavailable') return null;
  const views = [evidence.bound, ...evidence.children];
  const news = views.filter((view) => isWorthReading(order.status, knownOf(known, view), view));
  if (run.dryRun || news.length === 0) return false;
  await deps.handOver(order, { kind: 'reconcile', id: factId(run, news) });
  return true;
}

/** The same of payments that are no deposits, each by a fact of its own. What cannot be read is left for the next time. */
async function readStrangers(deps: ReadDependencies, { run, record }: Known): Promise<boolean> {
  const { order, payments: known } = record;
  const strangers = known.filter(({ role }) => !isDepositRole(role)).map(({ paymentId }) => paymentId);
  const account = strangers.length === 0 ? null : await deps.providerAccount(order, record.pair);
  if (!account) return false;
  const toRead = new Set(strangers.slice(-mostStrangers));
  let isRung = false;
  for (const paymentId of toRead) {
    const read = await deps.gateway.read(account, paymentId, 'reconcile');
    if (read.kind !== 'read') continue;
    // Another transfer to its address is a payment of its own, and this loop comes to it.
    for (const id of read.payment.extraIds.slice(0, mostStrangers)) toRead.add(id);
    const isNews = isWorthReading(order.status, knownOf(known, read.payment), read.payment);
    if (run.dryRun || !isNews) continue;
    await deps.handOver(order, { kind: 'reconcile', id: factId(run, [read.payment]), paymentId });
    isRung = true;
  }
  return isRung;
}

function factId({ runId }: Reading, news: readonly PaymentView[]): string {
  const seen = news.map(wordOf).join(',');
  return `reconcile:${runId}:${createHash('sha256').update(seen).digest('hex').slice(0, 16)}`;
}
