import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyCost } from '../../bench/history-cost.js';
import { factSignal } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '30 minutes', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

interface Placed {
  readonly orderId: string;
  readonly workflowId: string;
  readonly expiresAt: string;
}

async function placeOrder(): Promise<Placed> {
  const { body } = await stack.live.checkout();
  expect(body.payment_address, 'minted').toBeTypeOf('string');
  const orderId = body.order_id as string;
  return { orderId, workflowId: `crypto-order/${orderId}`, expiresAt: body.expires_at as string };
}

async function completed(workflowId: string): Promise<void> {
  const { status } = await eventually(
    async () => {
      const run = await stack.client.workflow.getHandle(workflowId).describe();
      expect(run.status.name).toBe('COMPLETED');
      return run;
    },
    { timeoutMs: 30_000 },
  );
  expect(status.name).toBe('COMPLETED');
}

/** How many rows each table holds, for tables that hold any. */
async function rowCounts(): Promise<Record<string, number>> {
  const { rows: tables } = await stack.pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await stack.pool.query<{ n: number }>(`select count(*)::integer as n from "${name}"`);
    if (rows[0]?.n) counts[name] = rows[0].n;
  }
  return counts;
}

function grown(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const differences = Object.entries(after).map(([table, n]) => [table, n - (before[table] ?? 0)] as const);
  return Object.fromEntries(differences.filter(([, n]) => n !== 0));
}

/** The summaries of an order's steps and timers, in the order they stand in its history. */
async function summaries(workflowId: string): Promise<string[]> {
  const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? [])
    .filter(
      (event) =>
        event.activityTaskScheduledEventAttributes ??
        event.markerRecordedEventAttributes ??
        event.timerStartedEventAttributes,
    )
    .map((event) => {
      const data = event.userMetadata?.summary?.data;
      return data ? (JSON.parse(Buffer.from(data).toString()) as string) : 'no summary';
    });
}

/** An order that is paid while nothing goes wrong. A busy machine may need a second try for a step, which costs more: not meant here. */
async function cheapestOf(tries: number, scenario: object) {
  const orders = [];
  for (let n = 0; n < tries; n += 1) {
    const before = await rowCounts();
    const { orderId, workflowId } = await placeOrder();
    await stack.sim('/pay', { order_id: orderId, ...scenario });
    await completed(workflowId);
    orders.push({ ...(await historyCost(stack.client, workflowId)), rows: grown(before, await rowCounts()) });
  }
  return orders.sort((a, b) => a.events - b.events)[0]!;
}

describe('a paid order', () => {
  it('costs at most 18 history events, 6 KB of them, and 7 billable actions', async () => {
    const { events, actions, bytes, rows } = await cheapestOf(3, { then: ['finished'] });
    const total = Object.values(rows).reduce((sum, n) => sum + n, 0);
    console.log(`[budget] ${events} history events, ${actions} actions, ${bytes} bytes of history`);
    console.log(`[budget] ${total} database rows: ${JSON.stringify(rows)}`);
    expect(events).toBeLessThanOrEqual(18);
    expect(actions).toBeLessThanOrEqual(7);
    expect(bytes).toBeLessThan(6 * 1024);
    expect(rows).toMatchObject({
      orders: 1,
      order_events: 2,
      payments: 1,
      mint_intents: 1,
      provider_events: 1,
      entitlements: 1,
      receipts: 1,
      outgoing_events: 1,
      idempotency_keys: 1,
    });
  });

  it('costs at most 26 history events, 6 KB of them, with a word of the provider for every step', async () => {
    const { events, actions, bytes } = await cheapestOf(3, { step: '400 milliseconds' });
    console.log(`[budget] by four IPNs: ${events} events, ${actions} actions, ${bytes} bytes`);
    expect(events).toBeLessThanOrEqual(26);
    expect(bytes).toBeLessThan(6 * 1024);
  });
});

describe('in Temporal UI', () => {
  it('a waiting order says what it is, what it waits for, and can be searched', async () => {
    const { orderId, workflowId, expiresAt } = await placeOrder();
    const handle = stack.client.workflow.getHandle(workflowId);
    const run = await handle.describe();
    expect(await run.staticSummary()).toBe('team_manual · 49.00 USD · USDT-TRC20');
    expect(await run.staticDetails()).toBe(`Order ${orderId}; the table below says what it waits for, and until when.`);
    const found = run.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, String(value)]);
    expect(Object.fromEntries(found)).toMatchObject({
      AccountId: stack.live.accountId,
      OrderStatus: 'pending',
      PayCurrency: 'usdttrc20',
      NeedsSupport: 'false',
    });
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails.split('\n')).toEqual([
      expect.stringMatching(
        /^- waits for: an IPN, or the sweep of the provider's list; asks by itself from \d{4}-[-\d]+T[:.\d]+Z on$/,
      ),
      `- deadline: ${expiresAt}`,
      '- status: pending',
      '- owed: 49.024513 USDTTRC20',
      '- arrived: 0 USDTTRC20',
      '- support: not needed',
    ]);
    expect(await summaries(workflowId)).toEqual([
      'open the order: mint its payment once',
      'an IPN may come, then we ask',
    ]);
  });

  it('a partial order calls for support, and its details show what came', async () => {
    const { orderId, workflowId } = await placeOrder();
    await stack.sim('/scenarios/partial', { order_id: orderId });
    const handle = stack.client.workflow.getHandle(workflowId);
    await eventually(async () => {
      const run = await handle.describe();
      const found = run.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
      expect(Object.fromEntries(found)).toMatchObject({ NeedsSupport: true, OrderStatus: 'partial' });
      const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
      expect(currentDetails).toContain('- status: partial');
      expect(currentDetails).toContain('- arrived: 24.512257 USDTTRC20');
      expect(currentDetails).toContain('- support: **needed**');
    });
    expect((await summaries(workflowId)).at(-1)).toMatch(/^(ipn [0-9a-f-]+|ask the provider.*|an IPN may come.*)$/);
  });

  it('an order that waits for a provider who is away says for what, from its start on', async () => {
    const fault = (endpoint: string) => stack.sim('/faults', { endpoint, fault: 'http_500' });
    const expectWaiting = (workflowId: string, wanted: string) =>
      eventually(async () => {
        const handle = stack.client.workflow.getHandle(workflowId);
        const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
        expect(currentDetails.split('\n')[0]).toBe(`- waits for: ${wanted}: ${tries}`);
      });
    const tries = 'each try, and why it failed, stands under Pending Activities';
    const { workflowId } = await placeOrder();
    await fault('GET /payment/:id');
    await stack.client.workflow.getHandle(workflowId).signal(factSignal, { kind: 'reconcile', id: 'reconcile:a ring' });
    await expectWaiting(
      workflowId,
      "the provider's word on its payment, to settle a ring of the sweep or of reconcile",
    );
    await fault('POST /payment');
    const unopened = stack.live.checkout();
    await eventually(async () => {
      const { rows } = await stack.pool.query<{ id: string }>('select id from orders where pay_address is null');
      expect(rows).toHaveLength(1);
      await expectWaiting(`crypto-order/${rows[0]!.id}`, 'its payment to be made at the provider');
    });
    await stack.sim('/faults', undefined, 'DELETE');
    await unopened;
    await eventually(async () => {
      expect((await stack.client.workflow.getHandle(workflowId).describe()).raw.pendingActivities).toEqual([]);
    });
  });

  it('a paid order is searched as paid', async () => {
    const { orderId, workflowId } = await placeOrder();
    await stack.sim('/pay', { order_id: orderId, then: ['finished'] });
    await completed(workflowId);
    await eventually(async () => {
      const query = `OrderStatus = 'paid' and PayCurrency = 'usdttrc20' and AccountId = '${stack.live.accountId}'`;
      const ids: string[] = [];
      for await (const run of stack.client.workflow.list({ query })) ids.push(run.workflowId);
      expect(ids).toContain(workflowId);
    });
  });
});
