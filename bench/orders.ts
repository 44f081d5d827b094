import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { DevFile } from '../scripts/dev/dev-file.js';

/** No limit of the merchants' accounts is what is measured. */
export async function raiseLimits(pool: pg.Pool): Promise<void> {
  const limits = { max_pending: 1_000_000, max_unpaid_24h: 1_000_000, max_mints_24h: 1_000_000, rate_limit: 100_000 };
  await pool.query('update accounts set settings = settings || $1::jsonb', [limits]);
}

/** A merchant and a payer who do what they do: over HTTP, through the API and the simulator. */
export function createOrders({ api_url, api_key, simulator_url }: DevFile, pool: pg.Pool) {
  const paid = watchPaid(pool);

  let unfinished = 0;

  /** Until there is an address: an answer without one asks to be called again with the same key. */
  async function checkout(): Promise<string> {
    const idempotencyKey = randomUUID();
    for (;;) {
      const answer = await fetch(`${api_url}/v1/billing/crypto-checkout`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${api_key}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
        body: JSON.stringify({ product: 'team_manual', price_cents: 4900, price_currency: 'USD' }),
      });
      const order = (await answer.json()) as { order_id: string; payment_address: string | null };
      if (answer.status === 201 && order.payment_address !== null) return order.order_id;
      const again = Number(answer.headers.get('retry-after'));
      if (answer.status !== 201 || !again)
        throw new Error(`checkout answered ${answer.status} ${JSON.stringify(order)}`);
      unfinished += 1;
      await pause(again * 1000);
    }
  }

  /** All coins at once; the provider says `then`, one step after the other, or tells nobody. Ends when the order is paid. */
  async function pay(
    orderId: string,
    then: readonly string[] = ['finished'],
    stepMs = 1,
    ipn: 'send' | 'drop' = 'send',
  ): Promise<void> {
    const isPaid = paid.of(orderId);
    const answer = await fetch(`${simulator_url}/_sim/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ order_id: orderId, then, step: stepMs, ipn }),
    });
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status} ${await answer.text()}`);
    await isPaid;
  }

  return { checkout, pay, unfinished: () => unfinished, close: paid.close };
}

/** One question for everybody who waits, so that watching costs next to nothing. */
function watchPaid(pool: pg.Pool) {
  const waiting = new Map<string, () => void>();
  let closed = false;
  const ended = (async () => {
    while (!closed) {
      const ids = [...waiting.keys()];
      const { rows } = await pool.query<{ id: string }>(
        `select id from orders where id = any($1) and status = 'paid'`,
        [ids],
      );
      for (const { id } of rows) {
        waiting.get(id)?.();
        waiting.delete(id);
      }
      await pause(15);
    }
  })();
  return {
    of: (id: string) => new Promise<void>((resolve) => waiting.set(id, resolve)),
    async close(): Promise<void> {
      closed = true;
      await ended;
    },
  };
}
