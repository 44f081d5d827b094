import type { Pool } from '../../src/db/pool.js';
import { insertOrders, type PastOrders } from './past-orders.js';

export interface BoundOrder {
  readonly id: string;
  readonly paymentId: string;
  readonly address: string;
}

let payments = 6_000_000_000;

/** Orders that wait for coins at an address of their own, with their payment on record as waiting; no stories. */
export async function insertBoundOrders(
  pool: Pool,
  { keyLabel, ...wanted }: PastOrders & { readonly keyLabel: string },
): Promise<BoundOrder[]> {
  const ids = await insertOrders(pool, wanted);
  const { rows } = await pool.query<BoundOrder>(
    `update orders o set provider = 'nowpayments', payment_id = ($3::bigint + n)::text, pay_currency = 'usdttrc20',
       pay_amount = 49.1, pay_amount_text = '49.1', pay_address = 'TXaddress' || ($3::bigint + n), network = 'trx',
       address_sha256 = 'none', provider_key_label = $2, opened_at = created_at
     from unnest($1::text[]) with ordinality as listed (id, n) where o.id = listed.id
     returning o.id, o.payment_id as "paymentId", o.pay_address as address`,
    [ids, keyLabel, payments],
  );
  payments += ids.length;
  await pool.query(
    `insert into payments (mode, payment_id, order_id, role, key_label, provider_status, coin, first_seen_at, updated_at)
     select mode, payment_id, id, 'bound', $2, 'waiting', pay_currency, created_at, created_at
     from orders where id = any ($1)`,
    [ids, keyLabel],
  );
  return rows.sort((left, right) => Number(left.paymentId) - Number(right.paymentId));
}
