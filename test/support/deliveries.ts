import { expect } from 'vitest';
import { eventually } from './eventually.js';
import { createMerchant, type Merchant } from './merchant.js';
import type { Stack } from './stack.js';

export interface Endpoint {
  readonly id: string;
  readonly secret: string;
}

export type DeliveryView = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- JSON as a merchant sees it

/** A merchant of its own, with endpoints and orders. */
export interface Shop extends Merchant {
  readonly accountId: string;
  endpoint(url: string, events?: readonly string[], payload?: 'brief' | 'full'): Promise<Endpoint>;
  change(endpoint: Endpoint, body: object): Promise<DeliveryView>;
  deliveries(endpoint: Endpoint): Promise<DeliveryView[]>;
  /** The only delivery of an endpoint, once it is as said. */
  delivery(endpoint: Endpoint, like: object): Promise<DeliveryView>;
  paidOrder(): Promise<string>;
}

export async function openShop(stack: Stack): Promise<Shop> {
  const { live } = await createMerchant(stack);
  const must = async (method: string, path: string, body?: object) => {
    const answer = await live.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const deliveries = async ({ id }: Endpoint) =>
    (await must('GET', `/v1/webhooks/${id}/deliveries`))['data'] as DeliveryView[];

  return {
    ...live,
    accountId: live.accountId!,
    endpoint: async (url, events = ['crypto.order.paid'], payload = 'brief') =>
      (await must('POST', '/v1/webhooks', { url, events, payload })) as unknown as Endpoint,
    change: ({ id }, body) => must('PATCH', `/v1/webhooks/${id}`, body),
    deliveries,
    delivery: (endpoint, like) =>
      eventually(
        async () => {
          const all = await deliveries(endpoint);
          expect(all).toEqual([expect.objectContaining(like)]);
          return all[0]!;
        },
        { timeoutMs: 30_000 },
      ),
    async paidOrder() {
      const { body: order } = await live.checkout();
      await stack.sim('/pay', { order_id: order['order_id'] });
      await eventually(
        async () => {
          const { body } = await live.call('GET', `/v1/billing/crypto-orders/${order['order_id']}`);
          expect(body['status']).toBe('paid');
        },
        { timeoutMs: 30_000 },
      );
      return order['order_id'];
    },
  };
}
