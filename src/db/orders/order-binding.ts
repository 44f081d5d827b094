import { orUpdatePayment, paymentColumns, type PaymentRow } from '../money/payments.js';
import type { Database } from '../pool.js';
import { maybeOne } from '../query.js';
import { orderColumns, type OrderRow } from './orders.js';

export interface Binding {
  readonly paymentId: string;
  readonly payCurrency: string;
  readonly payAmountText: string;
  readonly payAddress: string;
  readonly payExtraId: string | null;
  readonly network: string | null;
  readonly addressSha256: string;
  readonly keyLabel: string;
  readonly payWindowMs: number; // begins with the binding
}

/**
 * Binds the payment once, to a pending order that wants one in its coin and has none, and begins its pay window; puts it on
 * record, and closes the intent that it came of. All of it or nothing: null, where the order has one already, or waits no more.
 */
export async function bindPayment(
  db: Database,
  id: string,
  binding: Binding,
  attempt: number | null,
): Promise<{ order: OrderRow; payment: PaymentRow } | null> {
  const row = await maybeOne<OrderRow & { payment: PaymentRow }>(
    db,
    `with bound as (
       update orders o set payment_id = $2, pay_currency = $3, pay_amount = $4::numeric, pay_amount_text = $4,
         pay_address = $5, pay_extra_id = $6, network = $7, address_sha256 = $8, provider_key_label = $9,
         provider = 'nowpayments', stub_reason = null, stub_minimum = null, stub_minimum_currency = null,
         updated_at = now(), expires_at = now() + make_interval(secs => $10 / 1000.0)
       where id = $1 and status = 'pending' and payment_id is null
         and (coin_choice = 'merchant' or lower(requested_coin) = $3)
       returning ${orderColumns}
     ), closed as (
       update mint_intents set outcome = 'bound', payment_id = $2, closed_at = now()
       where order_id = $1 and attempt = $11 and outcome in ('open', 'unseen') and exists (select 1 from bound)
     ), recorded as (
       insert into payments as p (mode, payment_id, order_id, role, key_label, provider_status, coin, first_seen_at, updated_at)
       select mode, $2, id, 'bound', $9, 'waiting', $3, now(), now() from bound
       ${orUpdatePayment} returning ${paymentColumns}
     )
     select bound.*, to_jsonb(recorded) as payment from bound cross join recorded`,
    [
      id,
      binding.paymentId,
      binding.payCurrency,
      binding.payAmountText,
      binding.payAddress,
      binding.payExtraId,
      binding.network,
      binding.addressSha256,
      binding.keyLabel,
      binding.payWindowMs,
      attempt,
    ],
  );
  if (row === null) return null;
  const { payment, ...order } = row;
  return { order, payment };
}
