import pLimit from 'p-limit';
import type pg from 'pg';
import { keptSecrets } from '../scripts/dev/secrets.js';
import { insertBoundOrders } from '../test/support/bound-orders.js';
import type { FullStack } from './full-stack.js';

const batch = 1_000;

/** Open orders of the same merchant and credentials as one that is there, each with its payment at the simulator; no runs. */
export async function openRows(
  stack: FullStack,
  pool: pg.Pool,
  { like, count }: { like: string; count: number },
): Promise<void> {
  for (let made = 0; made < count; made += batch)
    await openBatch(stack, pool, { like, count: Math.min(batch, count - made) });
}

async function openBatch(stack: FullStack, pool: pg.Pool, { like, count }: { like: string; count: number }) {
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
