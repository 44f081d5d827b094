import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { DevFile } from '../../scripts/dev/dev-file.js';
import { proposals, twoPersons, type Call, type TwoPersons } from './two-persons.js';

type Answer = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- JSON as a merchant sees it

/** What the generated calls meet: an id of each kind and state, so that they come further than the first 404. */
export interface Scene {
  readonly pending: readonly string[];
  readonly unchosen: readonly string[]; // whose payer chooses the coin
  readonly paid: readonly string[];
  readonly testOrders: readonly string[];
  readonly timed: readonly string[]; // test orders whose clocks are put forward
  readonly cases: readonly string[];
  readonly endpoints: readonly string[];
  readonly pinged: readonly string[]; // endpoints of which nothing else is asked
  readonly spentEndpoints: readonly string[]; // to be deleted
  readonly delivered: readonly string[];
  readonly dead: readonly string[]; // to be sent again
  readonly discardable: readonly string[];
  readonly accounts: readonly string[]; // others than the one that calls: its settings may be changed
  readonly keys: readonly string[]; // that nobody calls with
  readonly agreeable: readonly string[]; // proposals, to be approved
  readonly refusable: readonly string[]; // proposals, to be declined
}

export interface GoneReceiver {
  readonly target: string;
  comeBack(): void;
  close(): void;
}

/** A receiver that is gone, so that there are dead letters; when it is told, it is only ill. */
export async function goneReceiver(): Promise<GoneReceiver> {
  let status = 410;
  const server = createServer((_request, answer) => void answer.writeHead(status).end());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { target, comeBack: () => void (status = 503), close: () => void server.close() };
}

/** A call that has to work. */
function calling(dev: DevFile): Call {
  return async (key, method, path, body) => {
    const response = await fetch(dev.api_url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Answer);
  };
}

export async function setTheScene(dev: DevFile, gone: GoneReceiver): Promise<{ scene: Scene; persons: TwoPersons }> {
  const call = calling(dev);
  const live = (method: string, path: string, body?: object) => call(dev.api_key, method, path, body);
  const admin = (method: string, path: string, body?: object) => call(dev.admin_key, method, path, body);
  const several = <T>(count: number, make: () => Promise<T>) => Promise.all(Array.from({ length: count }, make));

  const place = async (key = dev.api_key, over = {}) => {
    const body = { product: 'team_manual', price_cents: 4900, price_currency: 'USD', ...over };
    return (await call(key, 'POST', '/v1/billing/crypto-checkout', body)).order_id as string;
  };
  const pay = async (orderId: string, fraction = 1) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ order_id: orderId, fraction });
    const response = await fetch(`${dev.simulator_url}/_sim/pay`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`the simulator: ${response.status} ${await response.text()}`);
  };
  const endpoint = async (url: string) =>
    (await live('POST', '/v1/webhooks', { url, events: ['crypto.order.paid'] })).id as string;
  const ids = (rows: Answer[]) => rows.map(({ id }) => id as string);

  const deaf = await endpoint(`http://${gone.target}/gone`);
  const [paid, partial] = [await several(12, () => place()), await several(6, () => place())];
  await until('every address', async () =>
    (await Promise.all([...paid, ...partial].map((id) => live('GET', `/v1/billing/crypto-orders/${id}`)))).every(
      ({ payment_address: address }) => address !== null,
    ),
  );
  const dead = async () => ids((await admin('GET', '/v1/admin/webhook-dlq?limit=100')).data as Answer[]);
  // The first delivery disables the endpoint. What is told at that very instant is laid aside by reconcile only, so the others wait.
  await pay(paid[0]!);
  await until('the first dead letter', async () => (await dead()).length === 1);
  await Promise.all([...paid.slice(1).map((id) => pay(id)), ...partial.map((id) => pay(id, 0.5))]);
  const statuses = async (wanted: string) =>
    (await live('GET', `/v1/billing/crypto-orders?status=${wanted}&limit=100`)).orders.length as number;
  await until('every coin', async () => (await statuses('paid')) === 12 && (await statuses('partial')) === 6);
  await until('the dead letters', async () => (await dead()).length === 12);

  const deadIds = await dead();
  gone.comeBack();
  await live('PATCH', `/v1/webhooks/${deaf}`, { active: true });

  const heard = ids((await live('GET', '/v1/webhooks')).data as Answer[]).filter((id) => id !== deaf);
  const deliveries = (await live('GET', `/v1/webhooks/${heard[0]!}/deliveries?status=delivered`)).data as Answer[];
  const accounts = await several(2, () => admin('POST', '/v1/admin/accounts', { name: 'Another merchant' }));
  const keys = await several(3, () =>
    admin('POST', '/v1/admin/api-keys', { account_id: accounts[0]!.id, mode: 'live', scopes: ['read'], name: 'spare' }),
  );
  const persons = await twoPersons(dev, call);
  const scene = {
    pending: await several(6, () => place()),
    unchosen: await several(6, () => place(dev.api_key, { coin_choice: 'payer' })),
    paid,
    testOrders: await several(6, () => place(dev.test_key)),
    timed: await several(6, () => place(dev.test_key)),
    cases: ids((await admin('GET', '/v1/admin/support-cases?limit=100')).cases as Answer[]),
    endpoints: [...heard, deaf],
    pinged: [await endpoint(`${dev.receiver_url}/hook`)],
    spentEndpoints: await several(2, () => endpoint(`${dev.receiver_url}/hook`)),
    delivered: ids(deliveries),
    dead: deadIds.slice(0, 6),
    discardable: deadIds.slice(6),
    accounts: ids(accounts),
    keys: ids(keys),
    agreeable: await proposals(4, persons, call),
    refusable: await proposals(8, persons, call), // each may be declined once
  };
  return { scene, persons };
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`${what}: not within a minute`);
    await pause(250);
  }
}
