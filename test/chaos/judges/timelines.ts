import { legalSteps } from '../../../src/domain/order.js';
import type { Evidence } from '../evidence.js';
import { grouped, type Finding } from './finding.js';

const closed: readonly string[] = ['paid', 'failed', 'cancelled'];

/** I5, I13, I14 and I19: each timeline is a path of the table, written by runs that Temporal knows, and has come to an end. */
export function judgeTimelines({ orders, events, runs }: Evidence): Finding[] {
  const legal = new Set(legalSteps().map(({ from, to, source }) => `${from} ${to} ${source}`));
  const timelines = grouped(events, ({ orderId }) => orderId);
  const runsOf = grouped(runs, ({ orderId }) => orderId);
  return orders.flatMap((order): Finding[] => {
    const timeline = timelines.get(order.id) ?? [];
    const known = runsOf.get(order.id) ?? [];
    const runIds = new Set(known.map(({ runId }) => runId));
    const findings: Finding[] = [];
    const find = (invariant: string, harm: Finding['harm'], detail: string) =>
      findings.push({ invariant, harm, orderId: order.id, detail });
    timeline.forEach((event, at) => {
      const before = timeline[at - 1]?.status ?? '-';
      const step = `${before} ${event.status} ${event.source}`;
      // What stays where it is tells of something unusual; only the steps that move are in the table's list.
      if (before !== event.status && !legal.has(step)) find('I5', 'wrong', `the step ${step} is not in the table`);
      if (event.source !== 'create' && !runIds.has(event.runId ?? '')) {
        find('I19', 'wrong', `${step} was written by the run ${event.runId}, which Temporal does not know`);
      }
    });
    if (timeline.at(-1)?.status !== order.status) find('I13', 'wrong', `the row says ${order.status}`);
    if (!closed.includes(order.status)) find('I14', 'stuck', `is ${order.status} after the quiet period`);
    for (const run of known) {
      if (run.status !== 'COMPLETED' && run.status !== 'CONTINUED_AS_NEW') {
        find('I14', 'stuck', `its run ${run.runId} is ${run.status}`);
      }
    }
    return findings;
  });
}
