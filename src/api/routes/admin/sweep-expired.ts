import { setTimeout as pause } from 'node:timers/promises';
import { hour } from '../../../domain/timing.js';
import { databaseNow } from '../../../db/clock.js';
import { keepReason } from '../../../db/orders/fact-reasons.js';
import { outcomesOfFact } from '../../../db/orders/order-facts.js';
import { pendingCreatedBefore, type OrderRow } from '../../../db/orders/orders.js';
import type { OrderRuns } from '../../../temporal/order-runs.js';
import type { AppDeps, Routes } from '../../deps.js';
import { takeNoBodyForEmpty } from '../../http/empty-body.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import type { Asker } from '../../http/asker.js';
import { sweepAnswer, sweepBody } from '../../schemas/admin-orders.js';

type FactOutcome = Awaited<ReturnType<OrderRuns['apply']>>;

const lanes = 20;
const longestMs = 10_000; // each order reads the provider once more; who takes longer decides after the answer

/** Hands the end of their window to the oldest pending orders; each decides by itself whether it really is over. */
export const sweepRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/admin/crypto-orders/sweep-expired',
    {
      config: { permission: 'operator:operations' },
      schema: { body: sweepBody, response: { 200: sweepAnswer } },
      preValidation: takeNoBodyForEmpty,
    },
    async (request) => {
      const { older_than_hours: hours, limit, reason = null } = request.body;
      const before = new Date(Date.parse(await databaseNow(deps.pool)) - hours * hour).toISOString();
      const orders = await pendingCreatedBefore(deps.pool, before, { mode: reachIn(request), limit });
      const expired = await sweep(deps, orders, { actor: callerIn(request).actor, reason, id: request.id });
      return { expired, capped: orders.length === limit, older_than_hours: hours };
    },
  );
};

/** Tells every order first, so that one whose provider does not answer holds up no other; then waits for what they decide. */
async function sweep(deps: AppDeps, orders: readonly OrderRow[], { id, actor, reason }: Asker & { id: string }) {
  const fact = { kind: 'window_closed', id: `sweep:${id}`, sweep: { actor } } as const;
  if (reason !== null && orders.length > 0) await keepReason(deps.pool, fact.id, reason);
  await inLanes(orders, (order) => deps.orderRuns.handOver(deps.orderStart(order), fact));
  const ids = orders.map((order) => order.id);
  const until = deps.nowMs() + longestMs;
  for (let waitMs = 50; ; waitMs = Math.min(1_000, waitMs * 2)) {
    const outcomes = await outcomesOfFact<FactOutcome>(deps.pool, ids, fact.id);
    if (outcomes.length === ids.length || deps.nowMs() + waitMs > until)
      return outcomes.filter(({ kind, status }) => kind === 'moved' && status === 'failed').length;
    await pause(waitMs);
  }
}

async function inLanes<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
