import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { keptSecrets } from '../scripts/dev/secrets.js';
import { createPool, type Pool } from '../src/db/pool.js';
import { insertBoundOrders } from '../test/support/bound-orders.js';
import { startFullStack, type FullStack } from './full-stack.js';
import { runOn } from './stack.js';
import { createOrders, raiseLimits } from './orders.js';
import { countProviderCalls } from './provider-calls.js';

// How long a payment that no IPN tells of stays unseen beside many open orders, and what asking costs, at the provider's usual
// quota. The many are rows with payments at the simulator and no runs; the silent ones are real. Judges nothing.
const { values: options } = parseArgs({
  options: { open: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '5' } },
});
const open = Number(options.open);
const rounds = Number(options.rounds);
const batch = 1_000;

async function main(stack: FullStack, pool: Pool): Promise<void> {
  const ours = createOrders(stack.devFile, pool);
  try {
    await raiseLimits(pool);
    const first = await ours.checkout();
    for (let made = 0; made < open; made += batch) {
      await openOrders(stack, pool, { like: first, count: Math.min(batch, open - made) });
    }
    await sweptTwice(pool); // the first list is longer than the one before
    const calls = await countProviderCalls(stack.devFile.simulator_url!);
    const startedAt = performance.now();
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await pause(Math.random() * 30_000); // at any moment between two sweeps
      const orderId = await ours.checkout();
      const paidAt = performance.now();
      await ours.pay(orderId, ['finished'], 1, 'drop');
      seconds.push((performance.now() - paidAt) / 1000);
    }
    const minutes = (performance.now() - startedAt) / 60_000;
    console.log(`\n${open} open orders, ${rounds} silent payments: seconds from the coins to paid`);
    console.log(`  ${seconds.map((took) => took.toFixed(0)).join(' / ')}`);
    console.log(`provider calls a minute, in ${minutes.toFixed(1)} minutes`);
    for (const [endpoint, count] of Object.entries(await calls()))
      console.log(`  ${endpoint.padEnd(20)}${(count / minutes).toFixed(1).padStart(8)}`);
  } finally {
    await ours.close();
  }
}

/** Open orders of the same merchant and credentials as one that is there, each with its payment at the simulator. */
async function openOrders(stack: FullStack, pool: Pool, { like, count }: { like: string; count: number }) {
  const { rows } = await pool.query<{ accountId: string; keyLabel: string }>(
    `select account_id as "accountId", provider_key_label as "keyLabel" from orders where id = $1`,
    [like],
  );
  const orders = await insertBoundOrders(pool, { ...rows[0]!, count, age: '10 minutes' });
  const limit = pLimit(16);
  const payments = await Promise.all(orders.map(({ id }) => limit(() => payment(stack, id))));
  const known = [orders.map(({ paymentId }) => paymentId), payments.map((made) => made.payment_id)];
  await pool.query(
    `update payments p set payment_id = made.id from unnest($1::text[], $2::text[]) made (was, id) where p.payment_id = was`,
    known,
  );
  await pool.query(
    `update orders o set payment_id = made.id, pay_address = made.address
     from unnest($1::text[], $2::text[], $3::text[]) made (was, id, address) where o.payment_id = was`,
    [...known, payments.map((made) => made.pay_address)],
  );
}

async function payment({ devFile, home }: FullStack, orderId: string) {
  const answer = await fetch(`${devFile.simulator_url}/v1/payment`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': keptSecrets(home).providerKeys.live },
    body: JSON.stringify({ price_amount: 49, price_currency: 'usd', pay_currency: 'usdttrc20', order_id: orderId }),
  });
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { payment_id: string; pay_address: string };
}

async function sweptTwice(pool: Pool): Promise<void> {
  const last = async () => {
    const { rows } = await pool.query<{ listed: number; at: string }>(
      `select listed, swept_at as at from provider_sweeps where mode = 'live' and listed >= $1`,
      [open],
    );
    return rows[0]?.at;
  };
  const first = await until(last);
  await until(async () => ((await last()) === first ? undefined : 'again'));
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(500);
  }
}

const stack = await startFullStack({ NOWPAYMENTS_MAX_RPS: '5' });
const pool = createPool({
  url: stack.devFile.database_url,
  max: 4,
  applicationName: 'bench',
  onError: () => undefined,
});
await runOn(stack, () => main(stack, pool).finally(() => pool.end()));
