import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { findOrder } from '../../src/db/orders/orders.js';
import { keyringOf } from '../../src/db/secrets/seal.js';
import { keyLabel } from '../../src/gateway/provider-account.js';
import { createProviderAccounts } from '../../src/provider-accounts.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { merchantOf, type Merchant } from '../support/merchant.js';
import { openByHand, placedOrder } from '../support/opening.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  // Only IPNs tell of money, and one person swaps credentials.
  stack = await startStack({ env: { POLL_GRACE: '1 hour', FOUR_EYES_ABOVE: 'off' } });
}, 120_000);
afterAll(() => stack?.close());

interface Ledger {
  readonly entries: { kind: string; order_id?: string; key_label?: string; payment_id?: string; url?: string }[];
}

async function paid(id: string): Promise<void> {
  await stack.sim('/pay', { order_id: id });
  await eventually(async () => {
    const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`);
    expect(body).toMatchObject({ status: 'paid' });
    expect(body.events.at(-1).source).toBe('ipn');
  });
}

async function labelOf(id: string): Promise<string> {
  const { rows } = await stack.pool.query('select provider_key_label as label from orders where id = $1', [id]);
  return rows[0].label;
}

describe("an account's own pair", () => {
  it('mints from now on and hears at its own path; what the other pair minted is still paid', async () => {
    const account = `acc_${stack.live.accountId}`;
    const { body: before } = await stack.live.checkout();
    expect(await labelOf(before.order_id)).toBe(keyLabel('sim-live-key'));

    // The simulator's second key is another account at the provider.
    const pair = { mode: 'live', api_key: 'sim-test-key', ipn_secret: stack.env.NOWPAYMENTS_IPN_SECRET };
    const put = await stack.admin.call('PUT', `/v1/admin/accounts/${account}/provider-credentials`, pair);
    expect(put.status).toBe(204);
    const { body: after } = await stack.live.checkout();
    expect(after.payment_address).toBeTypeOf('string');
    expect(await labelOf(after.order_id)).toBe(keyLabel('sim-test-key'));

    await paid(after.order_id);
    await paid(before.order_id);
    const { entries } = await stack.sim<Ledger>('/ledger?limit=1000&kind=ipn');
    const urls = new Set(entries.map(({ url }) => url?.replace(stack.apiUrl, '')));
    expect(urls).toEqual(new Set(['/v1/webhooks/nowpayments', `/v1/webhooks/nowpayments/${account}`]));
  });

  it('that is replaced still reads what it minted', async () => {
    const account = `acc_${stack.live.accountId}`;
    const { body: order } = await stack.live.checkout();
    expect(await labelOf(order.order_id)).toBe(keyLabel('sim-test-key'));
    const pair = { mode: 'live', api_key: 'a-newer-key', ipn_secret: 'a-newer-secret' };
    await stack.admin.call('PUT', `/v1/admin/accounts/${account}/provider-credentials`, pair);
    await paid(order.order_id);
  });

  it('is not used for real coins by an installation that was not started for them', async () => {
    const config = loadConfig({ ...stack.env, NOWPAYMENTS_API_KEY: '' });
    const accounts = createProviderAccounts({ config, pool: stack.pool, keyring: keyringOf(config.masterKeys) });
    const { rows } = await stack.pool.query<{ id: string }>('select id from orders limit 1');
    const order = await findOrder(stack.pool, rows[0]!.id);
    expect(await accounts.accountFor(order!)).toBeNull(); // else its key would go to the real provider
    const asked = { accountId: order!.accountId, mode: 'live', provider: 'own' } as const;
    expect(await accounts.hasProvider(asked)).toBe(false);
  });

  it('keeps every invariant', async () => {
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  });
});

describe('an account that brings no pair', () => {
  const order = (holder: Merchant, id: string) => holder.call('GET', `/v1/billing/crypto-orders/${id}`);

  it("mints at the installation's pair only while it is set so, and what that made is still read afterwards", async () => {
    const { body: account } = await stack.admin.call('POST', '/v1/admin/accounts', { name: 'New shop' });
    expect(account.provider).toEqual({ live: 'stub', test: 'stub' });
    const shop = await merchantOf(stack, account.id.slice(4));
    const { body: first } = await shop.checkout();
    expect(first).toMatchObject({ provider: 'stub', payment_address: null, next_action: 'contact_support' });
    expect(await mintsOf(first.order_id), 'nobody was asked for an address').toEqual([]);

    const set = (provider: string) =>
      stack.admin.call('PATCH', `/v1/admin/accounts/${account.id}`, { settings: { provider } });
    expect((await set('installation')).body.provider).toEqual({ live: 'installation', test: 'installation' });
    const { body: second } = await shop.checkout();
    expect(await labelOf(second.order_id)).toBe(keyLabel('sim-live-key'));

    await set('own');
    expect((await shop.checkout()).body).toMatchObject({ provider: 'stub', payment_address: null });
    await stack.sim('/pay', { order_id: second.order_id });
    await eventually(async () => expect((await order(shop, second.order_id)).body.status).toBe('paid'));
  });

  it('gets no address for an order that was placed before the setting changed', async () => {
    const { body: account } = await stack.admin.call('POST', '/v1/admin/accounts', { name: 'Another shop' });
    const { id } = await placedOrder(stack, { accountId: account.id.slice(4) });
    expect((await openByHand(stack, id)).order).toMatchObject({ status: 'pending', payAddress: null }); // a pair may come
    expect(await mintsOf(id), 'nobody was asked for an address').toEqual([]);
  });

  it('and was there before the setting goes on as it did', async () => {
    const { rows } = await stack.pool.query(
      `insert into accounts (id, name, settings) values (gen_random_uuid(), 'Old shop', '{"max_pending": 5}') returning id`,
    );
    await stack.pool.query(upOf('0017_account_provider.sql'));
    const { body } = await stack.admin.call('GET', `/v1/admin/accounts/${rows[0].id}`);
    expect(body.settings).toMatchObject({ provider: 'installation', max_pending: 5 });
  });
});

async function mintsOf(orderId: string): Promise<unknown[]> {
  const { rows } = await stack.pool.query('select attempt from mint_intents where order_id = $1', [orderId]);
  return rows;
}

function upOf(migration: string): string {
  const text = readFileSync(new URL(`../../src/db/migrations/${migration}`, import.meta.url), 'utf8');
  return text.split('-- Down Migration')[0] ?? '';
}
