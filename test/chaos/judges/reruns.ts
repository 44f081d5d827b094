import { findOrder } from '../../../src/db/orders/orders.js';
import { defaultClocks } from '../../../src/domain/timing.js';
import { createOrderRuns } from '../../../src/temporal/order-runs.js';
import { orderStart } from '../../../src/temporal/order-start.js';
import { queues } from '../../../src/workflows/messages.js';
import { eventually } from '../../support/eventually.js';
import type { World } from '../world.js';
import type { Finding } from './finding.js';

const mostOrders = 500;
const atOnce = 10;
const patienceMs = 60_000;

/** What an order is made of, table by table. */
const parts: Readonly<Record<string, string>> = {
  orders: 'select id as order_id, t::text from orders t',
  order_events: 'select order_id, t::text from order_events t',
  payments: 'select order_id, t::text from payments t',
  support_cases: 'select order_id, t::text from support_cases t',
  entitlements: 'select order_id, t::text from entitlements t',
  receipts: 'select order_id, t::text from receipts t',
  outgoing_events: 'select order_id, t::text from outgoing_events t',
  deliveries: 'select e.order_id, t::text from deliveries t join outgoing_events e on e.id = t.event_id',
  provider_events: 'select order_id, t::text from provider_events t',
  mint_intents: 'select order_id, t::text from mint_intents t',
};

type Servers = Pick<World, 'pool' | 'temporal'>;

/** I18: told of something old, an order that is over begins again, changes nothing, and ends. */
export async function judgeReruns(world: Servers, say: (line: string) => void): Promise<Finding[]> {
  const told = await oldFacts(world);
  const before = await contents(world);
  const runsBefore = await runsOf(world);
  const orderRuns = createOrderRuns(world.temporal);
  for (let from = 0; from < told.length; from += atOnce) {
    await Promise.all(
      told.slice(from, from + atOnce).map(async ({ orderId, factId }) => {
        const order = await findOrder(world.pool, orderId);
        if (order)
          await orderRuns.handOver(orderStart(order, { clocks: defaultClocks, queues }), { kind: 'ipn', id: factId });
      }),
    );
  }
  await eventually(() => assertAllEnded(world, runsBefore + told.length), { timeoutMs: patienceMs, intervalMs: 500 });
  const after = await contents(world);
  const changed = [...after].filter(([key, sum]) => before.get(key) !== sum);
  say(`${told.length} orders were told of something old, ${changed.length} tables of theirs changed`);
  return changed.map(([key]) => {
    const [orderId = '', table = ''] = key.split(' ');
    return { invariant: 'I18', harm: 'wrong', orderId, detail: `${table} changed by a fact that was dealt with` };
  });
}

/** Of each order that is over, an IPN that was dealt with long ago. */
async function oldFacts({ pool }: Servers): Promise<{ orderId: string; factId: string }[]> {
  const { rows } = await pool.query(
    `select distinct on (o.id) o.id as "orderId", e.id as "factId" from orders o
     join provider_events e on e.order_id = o.id
     where o.status in ('paid', 'failed', 'cancelled') and e.handled_at is not null and e.relayed_at is not null
     order by o.id, e.received_at limit ${mostOrders}`,
  );
  return rows;
}

async function contents({ pool }: Servers): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for (const [table, select] of Object.entries(parts)) {
    const { rows } = await pool.query(
      `select order_id as "orderId", sum(hashtext(t)) as sum from (${select}) part (order_id, t)
       where order_id is not null group by order_id`,
    );
    for (const { orderId, sum } of rows) sums.set(`${orderId} ${table}`, String(sum));
  }
  return sums;
}

async function runsOf({ temporal }: Servers): Promise<number> {
  return (await temporal.workflow.count(`WorkflowType = 'cryptoOrderWorkflow'`)).count;
}

/** Visibility lags: as many runs as were begun must be seen, and none of them under way. */
async function assertAllEnded(world: Servers, wanted: number): Promise<void> {
  const running = `WorkflowType = 'cryptoOrderWorkflow' and ExecutionStatus = 'Running'`;
  const { count } = await world.temporal.workflow.count(running);
  const all = await runsOf(world);
  if (count > 0 || all < wanted) throw new Error(`${count} runs under way, ${all} of ${wanted} seen`);
}
