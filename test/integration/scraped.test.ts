import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../scripts/dev/ports.js';
import { queues } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { alerts, askedIn, dashboards, panelsOf, type Asked } from '../support/promql.js';
import { startStack, type Stack } from '../support/stack.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';

let stack: Stack;
let worker: WorkerProcess;
const ports = { worker: 0, sdk: 0 };

beforeAll(async () => {
  [ports.worker, ports.sdk] = [await freePort(), await freePort()];
  stack = await startStack({ withoutWorker: true });
  worker = await startWorkerProcess({
    ...stack.env,
    WORKER_METRICS_PORT: String(ports.worker),
    TEMPORAL_METRICS_PORT: String(ports.sdk),
  });
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  await stack?.close();
});

const scrape = async (port: number) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

/** The series of a scrape: names, and of each the labels that it ever had. */
function seriesIn(text: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const [, name, labels = ''] of text.matchAll(/^([a-z_]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const known = series.get(name!) ?? new Set();
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label!);
    series.set(name!, known);
  }
  return series;
}

async function exported(): Promise<Map<string, Set<string>>> {
  const own = await stack.metrics.registry.metrics();
  return seriesIn([own, await scrape(ports.worker), await scrape(ports.sdk)].join('\n'));
}

function asked(): Asked[] {
  const rules = alerts().map(({ expr }) => expr);
  const panels = dashboards.flatMap(panelsOf).flatMap(({ targets }) => targets.map(({ expr }) => expr));
  return [...rules, ...panels].flatMap(askedIn).filter(({ metric }) => metric !== 'up'); // Prometheus' own
}

it('what rules and dashboards ask for is exported by the programs as they run', async () => {
  const { body: order } = await stack.live.checkout();
  await stack.sim('/pay', { order_id: order.order_id, fraction: 2 }); // a case
  await stack.client.workflow.start('deliverWebhookWorkflow', {
    workflowId: 'of-no-delivery', // its attempts fail: nothing is in the database
    taskQueue: queues.orders,
    args: [{ deliveryId: randomUUID(), summary: 'of no delivery', queues }],
  });
  await stack.client.workflow.start('nobodyKnowsThisWorkflow', {
    workflowId: 'not-known',
    taskQueue: queues.orders,
    workflowExecutionTimeout: '1 minute',
  });
  await stack.client.schedule.getHandle('reconcile-orders').trigger();
  await eventually(
    async () => {
      const series = await exported();
      const wanted = asked();
      expect(wanted.length).toBeGreaterThan(50);
      const missing = wanted.filter(({ metric, labels }) => {
        const known = series.get(metric);
        return !known || labels.some((label) => label !== 'job' && !known.has(label));
      });
      expect(missing).toEqual([]);
    },
    { timeoutMs: 45_000 },
  );
  for (const id of ['not-known', 'of-no-delivery']) await stack.client.workflow.getHandle(id).terminate();
}, 90_000);
