import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { publicId } from '../../src/domain/ids.js';
import { merchantOf } from '../support/merchant.js';
import type { World } from './world.js';

export const subscribed = [
  'crypto.order.paid',
  'crypto.order.failed',
  'crypto.order.partial',
  'crypto.order.late_payment',
];

/** An order as its merchant knows it: what was answered for its key. */
export interface Placed {
  readonly key: string;
  readonly orderId: string | null; // null: never answered
  readonly address: string | null;
}

export interface Page {
  readonly orderIds: readonly string[];
  readonly next: string | null; // the cursor; null: it was the last
}

/** A merchant of its own for each goal, so that whatever is found belongs to one. */
export interface Shop {
  readonly accountId: string;
  readonly publicId: string;
  readonly apiKey: string;
  /** One checkout, with this key; a call without an answer, or without an address, is repeated until there is one. */
  place(key: string): Promise<Placed>;
  /** One call for it, answered or not. */
  ask(key: string): Promise<void>;
  statusOf(orderId: string): Promise<string | null>;
  /** A page of its orders, newest first; null: no answer that says. */
  page(query: Readonly<Record<string, string>>): Promise<Page | null>;
}

const longestMs = 300_000; // then an order counts as never answered

export async function openShop(world: World, name: string): Promise<Shop> {
  const accountId = randomUUID();
  const settings = {
    provider: 'installation' as const,
    max_unpaid_24h: 100_000,
    max_pending: 100_000,
    max_mints_24h: 100_000,
  };
  await insertAccount(world.pool, { id: accountId, name, settings });
  const { key: apiKey } = await merchantOf({ pool: world.pool, apiUrl: world.publicUrl }, accountId);
  const account = publicId('account', accountId);
  const call = (method: string, path: string, over: { key?: string; body?: object } = {}) =>
    world.calls.call({ account, apiKey, method, path, ...over });
  const checkout = (key: string) =>
    call('POST', '/v1/billing/crypto-checkout', {
      key,
      body: { product: 'team_manual', price_cents: 4900, price_currency: 'USD', customer_reference: key },
    });

  for (const kind of ['steady', 'faulty']) {
    const path = `/${kind}/${name}`;
    const body = { url: `http://${world.receivers.target}${path}`, events: subscribed };
    const answer = await call('POST', '/v1/webhooks', { body });
    if (answer.outcome !== 'ok') throw new Error(`no endpoint: ${answer.status} ${answer.text}`);
    world.receivers.knowSecret(path, String(answer.body.secret));
  }

  return {
    accountId,
    publicId: account,
    apiKey,
    async place(key) {
      const giveUpAt = Date.now() + longestMs;
      for (let placed: Placed = { key, orderId: null, address: null }; ;) {
        const { outcome, body } = await checkout(key);
        if (outcome === 'ok') {
          placed = { key, orderId: String(body.order_id), address: (body.payment_address as string | null) ?? null };
          if (placed.address !== null || body.status !== 'pending') return placed;
        }
        if (Date.now() > giveUpAt) return placed;
        await pause(world.chance.between('repeat', 300, 1_500));
      }
    },
    ask: async (key) => void (await checkout(key)),
    async statusOf(orderId) {
      const { outcome, body } = await call('GET', `/v1/billing/crypto-orders/${orderId}`);
      return outcome === 'ok' ? String(body.status) : null;
    },
    async page(query) {
      const { outcome, body } = await call('GET', `/v1/billing/crypto-orders?${new URLSearchParams(query)}`);
      if (outcome !== 'ok') return null;
      const orders = body.orders as readonly { order_id: string }[];
      return { orderIds: orders.map(({ order_id }) => order_id), next: body.next_cursor as string | null };
    },
  };
}
