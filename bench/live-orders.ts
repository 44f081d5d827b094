import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type MasterKey, hashPayTarget } from '../src/db/secrets/seal.js';

export interface WaitingOrder {
  readonly id: string;
  readonly token: string;
}

/** Orders that wait for coins, each with an address that passes its check: written in one statement. */
export async function insertWaitingOrders(pool: pg.Pool, key: MasterKey, count: number): Promise<WaitingOrder[]> {
  const accountId = randomUUID();
  await pool.query(`insert into accounts (id, name) values ($1, 'Bench')`, [accountId]);
  const coin = { coin: 'usdttrc20', network: 'trx', extraId: null, amountText: '49.10' };
  const orders = Array.from({ length: count }, (_, index) => {
    const id = `ord_${index.toString(16).padStart(12, '0')}`;
    const address = `TBench${index}`;
    const hash = hashPayTarget(key, { ...coin, orderId: id, address });
    return { id, address, hash, token: randomBytes(24).toString('base64url') };
  });
  await pool.query(
    `insert into orders (id, account_id, mode, product, price_cents, price_currency, provider, requested_coin, payment_id,
       pay_currency, pay_amount, pay_amount_text, pay_address, network, address_sha256, pay_token, expires_at,
       created_at, updated_at)
     select o.id, $1, 'live', 'team_manual', 4900, 'USD', 'nowpayments', $2, (1000000 + o.n)::text, $2, $3::numeric, $3,
       o.address, $4, o.hash, o.token, now() + interval '1 hour', now(), now()
     from unnest($5::text[], $6::text[], $7::text[], $8::text[]) with ordinality as o (id, address, hash, token, n)`,
    [
      accountId,
      coin.coin,
      coin.amountText,
      coin.network,
      orders.map(({ id }) => id),
      orders.map(({ address }) => address),
      orders.map(({ hash }) => hash),
      orders.map(({ token }) => token),
    ],
  );
  return orders;
}
