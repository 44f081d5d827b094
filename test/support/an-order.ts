import { bindPayment } from '../../src/db/orders/order-binding.js';
import { moveStatus, type StatusMove } from '../../src/db/orders/order-changes.js';
import type { Pool } from '../../src/db/pool.js';
import { freezeReceipt } from '../../src/db/money/receipts.js';
import { hashPayTarget, type Keyring } from '../../src/db/secrets/seal.js';
import type { EventSource, OrderStatus } from '../../src/domain/order.js';
import { receiptJson } from '../../src/domain/receipt.js';

let payments = 5_000_000_000;

/** What the worker does when the provider has answered: a payment with an address of its own. */
export async function bindAddress(
  { pool, keyring }: { pool: Pool; keyring: Keyring },
  orderId: string,
  amountText = '49.10',
): Promise<{ paymentId: string; address: string }> {
  payments += 1;
  const paymentId = String(payments);
  const address = `TXaddress${paymentId}`;
  const target = { orderId, coin: 'usdttrc20', network: 'trx', address, extraId: null, amountText };
  await bindPayment(
    pool,
    orderId,
    {
      paymentId,
      payCurrency: 'usdttrc20',
      payAmountText: amountText,
      payAddress: address,
      payExtraId: null,
      network: 'trx',
      addressSha256: hashPayTarget(keyring.current, target),
      keyLabel: 'test',
      payWindowMs: 3_600_000,
    },
    null,
  );
  // Tests that are about payments put their own on record.
  await pool.query('delete from payments where payment_id = $1', [paymentId]);
  return { paymentId, address };
}

/** What the worker does when an order's status changes. */
export async function moveOrder(
  pool: Pool,
  orderId: string,
  { from = 'pending', to, source = 'ipn' }: { from?: OrderStatus; to: OrderStatus; source?: EventSource },
): Promise<void> {
  const at = new Date().toISOString();
  const failedReason = to === 'failed' ? 'expired' : null;
  const line = { source, event: 'test', runId: 'test', factId: null, detail: {} };
  const move: StatusMove = { id: orderId, from, to, at, partialUntil: at, failedReason, line, answers: [] };
  if (!(await moveStatus(pool, move))) throw new Error(`${orderId} is not ${from}`);
}

/** Paid, with its receipt frozen and signed by somebody. */
export async function payOrder(
  pool: Pool,
  orderId: string,
  sign: (body: Buffer) => string = () => 'ed25519;kid=test;sig=test',
): Promise<void> {
  await moveOrder(pool, orderId, { to: 'paid' });
  const { rows } = await pool.query(
    `select id as "orderId", product, price_cents as "priceCents", price_currency as "priceCurrency",
       payment_id as "paymentId", paid_at as "paidAt", created_at as "createdAt" from orders where id = $1`,
    [orderId],
  );
  const body = receiptJson(rows[0]);
  await freezeReceipt(pool, { orderId, body, signature: sign(Buffer.from(body)), issuedAt: rows[0].paidAt });
}
