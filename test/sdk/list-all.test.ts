import { afterEach, describe, expect, it } from 'vitest';
import { Quittance, TransportError } from '../../sdk/src/index.js';
import { anOrder } from './an-order.js';
import { json, scriptedServer, type ScriptedServer, type Step } from './scripted-server.js';

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

async function clientOf(...steps: Step[]) {
  server = await scriptedServer(...steps);
  return { client: new Quittance({ apiKey: 'k', baseUrl: server.url }), seen: server.seen };
}

const page = (ids: string[], cursor: unknown) =>
  json({ orders: ids.map((id) => anOrder({ order_id: id })), next_cursor: cursor });

async function idsOf(orders: AsyncIterable<{ order_id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const order of orders) ids.push(order.order_id);
  return ids;
}

describe('listAll', () => {
  it('walks two pages with two requests and keeps the filters', async () => {
    const { client, seen } = await clientOf(page(['a', 'b'], 'next/1'), page(['c'], null));
    expect(await idsOf(client.cryptoOrders.listAll({ status: 'paid', limit: 2 }))).toEqual(['a', 'b', 'c']);
    expect(seen.map((request) => request.url)).toEqual([
      '/v1/billing/crypto-orders?status=paid&limit=2',
      '/v1/billing/crypto-orders?status=paid&limit=2&cursor=next%2F1',
    ]);
  });

  it('sends no query when it has no options', async () => {
    const { client, seen } = await clientOf(page([], null));
    expect(await idsOf(client.cryptoOrders.listAll())).toEqual([]);
    expect(seen.map((request) => request.url)).toEqual(['/v1/billing/crypto-orders']);
  });

  it.each([[null], [''], [undefined]])('ends on the cursor %j', async (cursor) => {
    const { client, seen } = await clientOf(page(['a'], cursor));
    expect(await idsOf(client.cryptoOrders.listAll())).toEqual(['a']);
    expect(seen).toHaveLength(1);
  });

  it('goes on past an empty page that has a cursor', async () => {
    const { client } = await clientOf(page([], 'x'), page(['a'], null));
    expect(await idsOf(client.cryptoOrders.listAll())).toEqual(['a']);
  });

  it('stops asking on break', async () => {
    const { client, seen } = await clientOf(page(['a', 'b'], 'x'));
    for await (const order of client.cryptoOrders.listAll()) {
      expect(order.order_id).toBe('a');
      break;
    }
    expect(seen).toHaveLength(1);
  });

  it('throws a TransportError when the server repeats a cursor', async () => {
    const { client, seen } = await clientOf(page(['a'], 'x'), page(['b'], 'y'), page(['c'], 'x'));
    const walk = idsOf(client.cryptoOrders.listAll());
    await expect(walk).rejects.toBeInstanceOf(TransportError);
    expect(seen).toHaveLength(3);
  });

  it('counts the cursor it was started with', async () => {
    const { client, seen } = await clientOf(page(['a'], 'x'));
    await expect(idsOf(client.cryptoOrders.listAll({ cursor: 'x' }))).rejects.toBeInstanceOf(TransportError);
    expect(seen.map((request) => request.url)).toEqual(['/v1/billing/crypto-orders?cursor=x']);
  });

  it('is also called iterate', async () => {
    const { client } = await clientOf(page(['a'], 'x'), page(['b'], null));
    expect(await idsOf(client.cryptoOrders.iterate({ limit: 1 }))).toEqual(['a', 'b']);
  });

  it('can be aborted', async () => {
    const { client } = await clientOf(page(['a'], 'x'));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(idsOf(client.cryptoOrders.listAll({}, { signal }))).rejects.toThrow('enough');
  });
});

describe('iterateDeliveries', () => {
  it('walks the pages of one endpoint', async () => {
    const { client, seen } = await clientOf(
      json({ data: [{ id: 'wdl_1' }], has_more: true, next_cursor: 'n' }),
      json({ data: [{ id: 'wdl_2' }], has_more: false, next_cursor: null }),
    );
    const ids: string[] = [];
    for await (const delivery of client.webhooks.iterateDeliveries('whk_1', { status: 'dlq' })) ids.push(delivery.id);
    expect(ids).toEqual(['wdl_1', 'wdl_2']);
    expect(seen.map((request) => request.url)).toEqual([
      '/v1/webhooks/whk_1/deliveries?status=dlq',
      '/v1/webhooks/whk_1/deliveries?status=dlq&cursor=n',
    ]);
  });
});
