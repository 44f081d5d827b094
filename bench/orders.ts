import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { DevFile } from '../scripts/dev/dev-file.js';
import { orderWorkflowId } from '../src/workflows/messages.js';
import { oneWord, sendCoins, watchPaid, type Contender } from './compare/contender.js';

/** No limit of the merchants' accounts is what is measured. */
export async function raiseLimits(pool: pg.Pool): Promise<void> {
  const limits = { max_pending: 1_000_000, max_unpaid_24h: 1_000_000, max_mints_24h: 1_000_000, rate_limit: 100_000 };
  await pool.query('update accounts set settings = settings || $1::jsonb', [limits]);
}

export interface Orders extends Contender {
  /** Checkouts that had no address in time and were repeated. */
  unfinished(): number;
  close(): Promise<void>;
}

/** A merchant and a payer of Quittance, over HTTP, through the API and the simulator; several APIs take turns. */
export function createOrders(
  { api_url, api_key, simulator_url }: DevFile,
  pool: pg.Pool,
  apiUrls: readonly string[] = [api_url],
): Orders {
  const paid = watchPaid(pool);
  let unfinished = 0;
  let turn = 0;

  /** Until there is an address: an answer without one asks to be called again with the same key. */
  async function checkout(): Promise<string> {
    const idempotencyKey = randomUUID();
    for (;;) {
      turn += 1;
      const answer = await fetch(`${apiUrls[turn % apiUrls.length]!}/v1/billing/crypto-checkout`, {
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

  return {
    name: 'quittance',
    checkout,
    async pay(orderId, way = oneWord): Promise<void> {
      const isPaid = paid.of(orderId);
      await sendCoins(simulator_url!, orderId, way);
      await isPaid;
    },
    workflowId: orderWorkflowId,
    database: { name: 'quittance', pool },
    programs: { worker: /src\/worker\.(ts|js)/, api: /src\/api\/server\.(ts|js)/ },
    unfinished: () => unfinished,
    close: paid.close,
  };
}
