import { countPastOrders, pastOrders, type PastWindow } from '../../db/figures/past-orders.js';
import type { Database } from '../../db/pool.js';
import type { Policy } from '../../domain/cases/policy.js';
import {
  rehearse,
  rehearsedOutcomes,
  type Installation,
  type PastOrder,
  type Rehearsed,
  type RehearsedOutcome,
} from '../../domain/cases/policy-rehearsal.js';
import type { DryRunAnswer } from '../schemas/policies.js';

const pageSize = 500;
const mostChanges = 200;

interface Candidates {
  readonly current: { readonly version: number; readonly policy: Policy };
  readonly proposed: Policy;
  readonly installation: Installation;
}

/** Plays a window of past orders under the policy in force and under the proposed one. Changes nothing. */
export async function dryRun(db: Database, window: PastWindow, candidates: Candidates): Promise<DryRunAnswer> {
  const { current, proposed, installation } = candidates;
  const report = createReport();
  for (let after: string | null = null; ;) {
    const page: PastOrder[] = await pastOrders(db, window, { after, limit: pageSize });
    for (const order of page) {
      report.add(order, rehearse(current.policy, order, installation), rehearse(proposed, order, installation));
    }
    if (page.length < pageSize) break;
    after = page.at(-1)?.orderId ?? null;
  }
  const { now, then, ...rest } = report.totals();
  return {
    since: window.since,
    orders: await countPastOrders(db, window),
    current: { version: current.version, ...now },
    proposed: then,
    ...rest,
  };
}

function createReport() {
  const now = createTally();
  const then = createTally();
  const paidMore: Record<string, number> = {};
  const paidLess: Record<string, number> = {};
  const changes: DryRunAnswer['changes'] = [];
  let withMoney = 0;
  let changed = 0;

  return {
    add(order: PastOrder, current: Rehearsed, proposed: Rehearsed): void {
      withMoney += 1;
      now.add(current);
      then.add(proposed);
      const { orderId, priceCents, priceCurrency, status } = order;
      if (isPaid(current) !== isPaid(proposed)) {
        const sums = isPaid(proposed) ? paidMore : paidLess;
        sums[priceCurrency] = (sums[priceCurrency] ?? 0) + priceCents;
      }
      if (current.outcome === proposed.outcome && current.overpaid === proposed.overpaid) return;
      changed += 1;
      if (changes.length >= mostChanges) return;
      changes.push({
        order_id: orderId,
        price_cents: priceCents,
        price_currency: priceCurrency,
        status,
        current: current.outcome,
        proposed: proposed.outcome,
        why: proposed.why,
      });
    },
    totals: () => ({
      with_money: withMoney,
      now: now.counts(),
      then: then.counts(),
      paid_more_cents: paidMore,
      paid_less_cents: paidLess,
      changed,
      changes,
      changes_truncated: changed > changes.length,
    }),
  };
}

function createTally() {
  const outcomes = Object.fromEntries(rehearsedOutcomes.map((name) => [name, 0])) as Record<RehearsedOutcome, number>;
  let overpaidCases = 0;
  return {
    add({ outcome, overpaid }: Rehearsed): void {
      outcomes[outcome] += 1;
      if (overpaid) overpaidCases += 1;
    },
    counts: () => ({ outcomes, overpaid_cases: overpaidCases }),
  };
}

function isPaid({ outcome }: Rehearsed): boolean {
  return outcome === 'paid' || outcome === 'paid_late';
}
