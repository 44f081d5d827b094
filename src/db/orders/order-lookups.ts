import type { KnownText } from '../../domain/search/known-text.js';
import type { Database } from '../pool.js';
import { many } from '../query.js';

const mostNamed = 1_000; // an address that a thousand orders had names none of them

/** Address as its index has it: hex ones fold their case. */
const folded = (column: string) =>
  `(case when ${column} ~* '^0x[0-9a-f]{40}$' then lower(${column}) else ${column} end)`;

/** The orders that a text names by something on record: its id, a payment's number, an address it ever had, a transaction. */
export async function ordersNamed(db: Database, known: KnownText): Promise<string[]> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const lookups: string[] = [];
  if (known.orderId !== null) lookups.push(`select id from orders where id = ${value(known.orderId)}`);
  if (known.paymentId !== null) {
    const id = value(known.paymentId);
    lookups.push(`select id from orders where mode in ('live', 'test') and payment_id = ${id}`);
    lookups.push(`select order_id from payments where mode in ('live', 'test') and payment_id = ${id}`);
  }
  if (known.address !== null) {
    const address = value(known.address);
    lookups.push(`select id from orders where pay_address is not null and ${folded('pay_address')} = ${address}`);
    lookups.push(`select order_id from earlier_offers where ${folded('pay_address')} = ${address}`);
  }
  if (known.transaction.length > 0) {
    const hashes = value(known.transaction);
    lookups.push(
      `select order_id from payments where transaction_hash is not null and lower(transaction_hash) = any (${hashes})`,
    );
  }
  if (lookups.length === 0) return [];
  const sql = `select id from (${lookups.join(' union ')}) named (id) where id is not null limit ${mostNamed}`;
  return (await many<{ id: string }>(db, sql, values)).map(({ id }) => id);
}
