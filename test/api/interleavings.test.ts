import fc, { type Scheduler } from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIpnRelay } from '../../src/api/orders/ipn-relay.js';
import type { Pool } from '../../src/db/pool.js';
import type { StoredOrder } from '../../src/temporal/order-start.js';
import { testApp, type TestApp } from '../support/test-app.js';

// What happens at the same time happens in every order that the scheduler of fast-check thinks of. A failure names the order.
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
let api: TestApp;
let scheduler: Scheduler;
beforeAll(async () => {
  console.log(`[interleavings] seed ${seed}`);
  api = await testApp({ hasProvider: () => scheduler.schedule(Promise.resolve(true), 'provider known') });
  const { onOpen } = api.runs;
  api.runs.onOpen = async (order) => {
    await scheduler.schedule(Promise.resolve(), `opening ${order.orderId}`);
    await onOpen(order);
  };
});
afterAll(() => api.close());

const calls = fc.array(fc.record({ key: fc.constantFrom('one', 'two'), cents: fc.constantFrom(4900, 5000) }), {
  minLength: 2,
  maxLength: 8,
});

describe('checkouts at the same time', () => {
  it('have one order for each key, whoever comes first, and every other answer says so', async () => {
    const merchant = await api.newKey();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), calls, async (given, wanted) => {
        scheduler = given;
        const round = randomUUID();
        const send = ({ key, cents }: { key: string; cents: number }) =>
          api.call(merchant, 'POST', '/v1/billing/crypto-checkout', {
            body: { product: 'team_manual', price_cents: cents, price_currency: 'USD' },
            headers: { 'idempotency-key': `${round}-${key}` },
          });
        const answers = await given.waitFor(Promise.all(wanted.map(send)));
        for (const key of new Set(wanted.map((each) => each.key))) {
          const own = answers.filter((_answer, at) => wanted[at]!.key === key);
          expect(own.map(({ statusCode }) => statusCode)).toEqual(own.map(() => 201));
          expect(new Set(own.map((answer) => answer.json().order_id)).size).toBe(1);
          const first = own.filter(({ headers }) => headers['idempotent-replayed'] === undefined);
          expect(first).toHaveLength(1);
          const price = first[0]!.json().price_cents;
          expect(own.map((answer) => answer.json().price_cents)).toEqual(own.map(() => price));
          const differing = wanted.filter((each) => each.key === key && each.cents !== price);
          const marked = own.filter(({ headers }) => headers['x-driftstack-idempotency-mismatch'] === '1');
          expect(marked).toHaveLength(differing.length);
        }
        const stored = await api.deps.pool.query('select key from idempotency_keys where key like $1', [`${round}%`]);
        expect(stored.rows).toHaveLength(new Set(wanted.map((each) => each.key)).size);
      }),
      { seed, numRuns: 60 },
    );
  }, 120_000);
});

const anIpn = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), fails: fc.boolean() });

describe('IPNs that are handed over while they come again', () => {
  it('are never under way twice, and marked when they were handed over and never else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(anIpn, { minLength: 1, maxLength: 12 }), async (given, ipns) => {
        const handed: string[] = [];
        const marked: string[] = [];
        const underWay = new Set<string>();
        const fails = new Map<string, boolean>(ipns.map(({ id, fails: does }) => [id, does]));
        const handOver = async (_order: unknown, { id }: { id: string }) => {
          if (underWay.has(id)) throw new Error(`${id} is under way twice`);
          underWay.add(id);
          await given.schedule(Promise.resolve(), `handing over ${id}`);
          underWay.delete(id);
          if (fails.get(id)) throw new Error('Temporal is away');
          handed.push(id);
        };
        const query = async ({ values }: { values: [string[]] }) => {
          await given.schedule(Promise.resolve(), `marking ${values[0].join()}`);
          marked.push(...values[0]);
          return { rowCount: values[0].length, rows: [] };
        };
        const relay = createIpnRelay({
          ...api.deps,
          pool: { query } as unknown as Pool,
          orderStart: (order) => ({ orderId: order.id }) as never,
          orderRuns: { ...api.runs, handOver },
        });
        const order = { id: 'ord_000000000001' } as StoredOrder;
        const coming = ipns.map(({ id }) => ({ label: `${id} comes`, builder: async () => relay.relay(order, id) }));
        const came = given.scheduleSequence(coming);
        await given.waitFor(came.task.then(() => relay.ended()));
        const worked = [...fails].filter(([, does]) => !does).map(([id]) => id);
        expect([...new Set(handed)].sort()).toEqual(worked.sort());
        expect([...marked].sort()).toEqual([...handed].sort());
        expect(handed).toHaveLength(worked.length);
      }),
      { seed, numRuns: 500 },
    );
  }, 60_000);
});
