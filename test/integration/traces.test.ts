import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/dev/ports.js';
import { traceIdOf } from '../../src/tracing/trace-id.js';
import { openShop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { answering, accept, startHooks, type Hooks } from '../support/hooks.js';
import { startOtlpCollector, type OtlpCollector } from '../support/otlp-collector.js';
import { startProgram, type ProgramProcess } from '../support/program-process.js';
import { replayed } from '../support/replaying.js';
import { startStack, type Stack } from '../support/stack.js';

let hooks: Hooks;
let collector: OtlpCollector;
let stack: Stack;
let programs: ProgramProcess[] = [];
let apiUrl: string;

beforeAll(async () => {
  [hooks, collector] = [await startHooks(), await startOtlpCollector()];
  const waits = Array.from({ length: 11 }, () => '60 milliseconds').join(',');
  stack = await startStack({
    withoutWorker: true,
    env: { WEBHOOK_ALLOW_TARGETS: hooks.target, WEBHOOK_RETRY_WAITS: waits, RECONCILE_EVERY: '1 hour' },
  });
  const port = String(await freePort());
  apiUrl = `http://127.0.0.1:${port}`;
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' };
  const env = { ...stack.env, ...traced, PORT: port, PUBLIC_URL: apiUrl };
  programs = [startProgram('src/api/server.ts', env), startProgram('src/worker.ts', env)];
  await Promise.all([programs[0]!.untilSaid('api ready'), programs[1]!.untilSaid('worker ready')]);
}, 120_000);
afterAll(async () => {
  await Promise.all(programs.map((program) => program.stop()));
  await stack?.close();
  await collector?.close();
  await hooks?.close();
});

describe('the trace of an order', () => {
  let orderId: string;
  const spans = () => collector.spans.filter(({ traceId }) => traceId === traceIdOf(orderId));

  it('goes from its checkout over its run and what the run does to its webhook, through both programs', async () => {
    const hook = hooks.at('slow', (response, attempt) => (attempt < 3 ? answering(500) : accept)(response, attempt));
    const shop = await openShop({ ...stack, apiUrl });
    await shop.endpoint(hook.url);
    orderId = await shop.paidOrder();
    await eventually(
      () =>
        expect([...new Set(spans().map(({ service, name }) => `${service}: ${name}`))].sort()).toEqual(
          expect.arrayContaining([
            'quittance-api: checkout',
            'quittance-api: UpdateWithStartWorkflow:open',
            'quittance-api: ipn',
            'quittance-worker: HandleSignal:fact',
            'quittance-worker: HandleUpdate:open',
            'quittance-worker: RunActivity:openOrder',
            'quittance-worker: RunActivity:settleOrder',
            'quittance-worker: RunWorkflow:cryptoOrderWorkflow',
            'quittance-worker: RunWorkflow:deliverWebhookWorkflow',
            'quittance-worker: deliver crypto.order.paid',
          ]),
        ),
      { timeoutMs: 30_000 },
    );
  }, 60_000);

  it('hangs together: the run is below the checkout, and what it does below the run', () => {
    const byId = new Map(spans().map((span) => [span.spanId, span]));
    const above = (name: string) => {
      const names: string[] = [];
      for (let at = spans().find((span) => span.name === name); at; at = byId.get(at.parentSpanId ?? '')) {
        names.push(at.name);
      }
      return names;
    };
    const run = ['RunWorkflow:cryptoOrderWorkflow', 'UpdateWithStartWorkflow:open', 'checkout'];
    expect(above('RunWorkflow:cryptoOrderWorkflow')).toEqual(run);
    expect(above('RunActivity:openOrder')).toEqual(['RunActivity:openOrder', 'StartActivity:openOrder', ...run]);
    expect(above('RunWorkflow:deliverWebhookWorkflow')).toContain('deliver crypto.order.paid');
  });

  it('holds nothing of another order', async () => {
    const shop = await openShop({ ...stack, apiUrl });
    const other = await shop.paidOrder();
    const ofOther = () => collector.spans.filter(({ traceId }) => traceId === traceIdOf(other));
    await eventually(() => expect(ofOther().map(({ name }) => name)).toContain('RunWorkflow:cryptoOrderWorkflow'), {
      timeoutMs: 30_000,
    });
    expect(ofOther().filter(({ spanId }) => spans().some((span) => span.spanId === spanId))).toEqual([]);
    const foreign = [...spans(), ...ofOther()].filter(({ traceId, parentSpanId }) => {
      const parent = collector.spans.find(({ spanId }) => spanId === parentSpanId);
      return parent !== undefined && parent.traceId !== traceId;
    });
    expect(foreign).toEqual([]);
  }, 60_000);

  it('is named by the log lines of the order, those of the SDK too', () => {
    const lines = programs.flatMap((program) => program.lines).filter((line) => line.includes(orderId));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.filter((line) => !line.includes(`"traceId":"${traceIdOf(orderId)}"`))).toEqual([]);
  });

  it('needs no other history: a run that was traced goes on untraced', async () => {
    const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
    const handle = stack.client.workflow.getHandle(`crypto-order/${orderId}`);
    const { count, disagreements } = await replayed(workflowsPath, [
      { workflowId: `crypto-order/${orderId}`, history: await handle.fetchHistory() },
    ]);
    expect([count, disagreements]).toEqual([1, {}]);
  }, 60_000);
});
