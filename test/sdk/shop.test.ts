import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/dev/ports.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';
import { installPackage, root, type InstalledPackage } from './installed-package.js';

let sdk: InstalledPackage;
let stack: Stack;
let shop: ChildProcess;
let here: string;

beforeAll(async () => {
  const port = await freePort();
  const target = `127.0.0.1:${port}`;
  here = `http://${target}`;
  [sdk, stack] = await Promise.all([installPackage(), startStack({ env: { WEBHOOK_ALLOW_TARGETS: target } })]);
  const events = Object.keys(told).map((name) => `crypto.order.${name}`);
  const { body } = await stack.test.call('POST', '/v1/webhooks', { url: `${here}/hook`, events });
  const file = path.join(sdk.project, 'shop.mjs');
  await cp(path.join(root, 'examples/shop/shop.mjs'), file);
  const env = {
    QUITTANCE_URL: stack.apiUrl,
    QUITTANCE_API_KEY: stack.test.key,
    QUITTANCE_WEBHOOK_SECRET: body['secret'],
  };
  shop = spawn(process.execPath, [file], {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(shop.stdout!, 'data');
}, 180_000);
afterAll(async () => {
  shop?.kill();
  await stack?.close();
  await sdk?.remove();
});

// What the shop may hear, in the words of its orders' news.
const told = {
  confirming: 'crypto.order.confirming',
  partial: 'crypto.order.partial',
  paid: 'crypto.order.paid',
  failed: 'crypto.order.failed',
  cancelled: 'crypto.order.cancelled',
  overpaid: 'crypto.order.overpaid',
  late_payment: 'crypto.order.late_payment',
} as const;

/** Presses the button; answers the order, of which the shop knows and whose page opens. */
async function bought(): Promise<string> {
  const known = Object.keys(await orders());
  const answer = await fetch(`${here}/buy`, { method: 'POST', redirect: 'manual' });
  expect(answer.status, await answer.text()).toBe(303);
  expect((await fetch(answer.headers.get('location')!)).status).toBe(200);
  const [id] = Object.keys(await orders()).filter((each) => !known.includes(each));
  await eventually(async () => {
    const { body } = await stack.test.call('GET', `/v1/billing/crypto-orders/${id}`);
    expect(body['payment_address']).toBeTypeOf('string');
  });
  return id!;
}

async function orders(): Promise<Record<string, object>> {
  return (await (await fetch(`${here}/orders`)).json()) as Record<string, object>;
}

const pay = (id: string, more: object = {}) => stack.sim('/pay', { order_id: id, ...more });
const advance = (id: string) => stack.test.call('POST', `/v1/test/orders/${id}/advance`);

async function knows(id: string, expected: { status: string; sent: number; news: readonly string[] }): Promise<void> {
  const { news, ...rest } = expected;
  const includesNews = expect.objectContaining({
    ...rest,
    news: expect.arrayContaining([...news]) as string[],
  }) as object;
  await eventually(async () => expect((await orders())[id]).toEqual(includesNews), { timeoutMs: 30_000 });
}

describe('the shop of the examples', () => {
  it('sends what was paid exactly', async () => {
    const id = await bought();
    await pay(id);
    await knows(id, { status: 'paid', sent: 1, news: [told.paid] });
  });

  it('sends what was paid with too much, and hears of the rest', async () => {
    const id = await bought();
    await pay(id, { fraction: 1.5 });
    await knows(id, { status: 'paid', sent: 1, news: [told.paid, told.overpaid] });
  });

  it('waits for the rest of what was paid in part, and sends then', async () => {
    const id = await bought();
    await pay(id, { fraction: 0.5 });
    await knows(id, { status: 'partial', sent: 0, news: [told.partial] });
    await pay(id, { fraction: 0.5 });
    await knows(id, { status: 'paid', sent: 1, news: [told.partial, told.paid] });
  });

  it('sends nothing for a part whose rest never came', async () => {
    const id = await bought();
    await pay(id, { fraction: 0.5 });
    await knows(id, { status: 'partial', sent: 0, news: [told.partial] });
    await advance(id);
    await knows(id, { status: 'failed', sent: 0, news: [told.partial, told.failed] });
  });

  it('sends nothing that was never paid, and nothing that was paid too late', async () => {
    const id = await bought();
    await advance(id);
    await knows(id, { status: 'failed', sent: 0, news: [told.failed] });
    await pay(id);
    await knows(id, { status: 'failed', sent: 0, news: [told.failed, told.late_payment] });
  });

  it('sends nothing of what the provider gave up, or the shop itself', async () => {
    const [failed, cancelled] = [await bought(), await bought()];
    await stack.sim('/scenarios/failed', { order_id: failed });
    await stack.test.call('POST', `/v1/billing/crypto-orders/${cancelled}/cancel`);
    await knows(failed, { status: 'failed', sent: 0, news: [told.failed] });
    await knows(cancelled, { status: 'cancelled', sent: 0, news: [told.cancelled] });
  });

  it('believes nobody without a signature', async () => {
    const id = await bought();
    const forged = {
      id: 'evt_1',
      type: told.paid,
      created_at: new Date().toISOString(),
      data: { order_id: id, version: 9 },
    };
    const answer = await fetch(`${here}/hook`, { method: 'POST', body: JSON.stringify(forged) });
    expect(answer.status).toBe(400);
    expect((await orders())[id]).toMatchObject({ status: 'pending', sent: 0 });
  });
});
