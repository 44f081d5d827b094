import { afterEach, describe, expect, it } from 'vitest';
import {
  InternalError,
  NotFoundError,
  OrderNotPaidError,
  Quittance,
  SettlementTimeoutError,
} from '../../sdk/src/index.js';
import { eventually } from '../support/eventually.js';
import { anOrder } from './an-order.js';
import { hang, json, problem, scriptedServer, type ScriptedServer, type Step } from './scripted-server.js';

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

async function clientOf(...steps: Step[]) {
  server = await scriptedServer(...steps);
  const client = new Quittance({ apiKey: 'k', baseUrl: server.url, retry: { maxRetries: 0 } });
  return { client, seen: server.seen };
}

const at = (status: 'pending' | 'confirming' | 'partial' | 'paid' | 'failed' | 'cancelled') =>
  json(anOrder({ status }));
const reason = (error: unknown) => error;

describe('waitForSettlement', () => {
  it('reads until the order is paid, and returns it', async () => {
    const { client, seen } = await clientOf(at('pending'), at('confirming'), at('partial'), at('paid'));
    expect(await client.cryptoOrders.waitForSettlement('ord_1', { pollMs: 1 })).toMatchObject({ status: 'paid' });
    expect(seen).toHaveLength(4);
  });

  it.each(['failed', 'cancelled'] as const)('throws OrderNotPaidError, with the order, on %s', async (status) => {
    const { client } = await clientOf(at('pending'), at(status));
    const error = await client.cryptoOrders.waitForSettlement('ord_1', { pollMs: 1 }).catch(reason);
    expect(error).toBeInstanceOf(OrderNotPaidError);
    expect(error).toMatchObject({ kind: 'order_not_paid', order: { status }, isRetryable: false });
  });

  it('throws SettlementTimeoutError, with the order as last read, when time runs out', async () => {
    const { client } = await clientOf(at('confirming'));
    const error = await client.cryptoOrders.waitForSettlement('ord_1', { pollMs: 5, timeoutMs: 1_000 }).catch(reason);
    expect(error).toBeInstanceOf(SettlementTimeoutError);
    expect(error).toMatchObject({ kind: 'settlement_timeout', order: { status: 'confirming' } });
  });

  it('times out also while a read hangs', async () => {
    const { client } = await clientOf(hang);
    const error = await client.cryptoOrders.waitForSettlement('ord_1', { timeoutMs: 30 }).catch(reason);
    expect(error).toMatchObject({ kind: 'settlement_timeout', order: null });
  });

  it('ends with the reason of an abort, at once', async () => {
    const { client, seen } = await clientOf(at('pending'));
    const controller = new AbortController();
    const { signal } = controller;
    const outcome = client.cryptoOrders.waitForSettlement('ord_1', { signal, pollMs: 1e9 }).catch(reason);
    await eventually(() => expect(seen).toHaveLength(1));
    controller.abort();
    expect(await outcome).toMatchObject({ name: 'AbortError' });
  });

  it('waits pollMs between two reads', async () => {
    const { client } = await clientOf(at('pending'), at('paid'));
    const before = performance.now();
    await client.cryptoOrders.waitForSettlement('ord_1', { pollMs: 100 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(95);
  });

  it('outlives a server that is away for a moment, and asks it less and less often', async () => {
    const down = problem(503, 'feature-unavailable');
    const { client, seen } = await clientOf(at('pending'), down, down, down, at('paid'));
    const before = performance.now();
    await client.cryptoOrders.waitForSettlement('ord_1', { pollMs: 10 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(145); // 10 + 20 + 40 + 80, timers may be a little early
    expect(seen).toHaveLength(5);
  });

  it('gives up when five reads in a row fail', async () => {
    const { client, seen } = await clientOf(problem(500, 'internal'));
    const error = await client.cryptoOrders.waitForSettlement('ord_1', { pollMs: 1 }).catch(reason);
    expect(error).toBeInstanceOf(InternalError);
    expect(seen).toHaveLength(5);
  });

  it('gives up at once on a refusal', async () => {
    const { client, seen } = await clientOf(problem(404, 'not-found'));
    await expect(client.cryptoOrders.waitForSettlement('ord_1')).rejects.toBeInstanceOf(NotFoundError);
    expect(seen).toHaveLength(1);
  });

  it.each([0, -1, Number.NaN])('refuses a pollMs of %d', async (pollMs) => {
    const { client } = await clientOf(at('paid'));
    await expect(client.cryptoOrders.waitForSettlement('ord_1', { pollMs })).rejects.toBeInstanceOf(TypeError);
  });
});
