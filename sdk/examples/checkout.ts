import { Quittance } from '@quittance/sdk';

const client = new Quittance({
  apiKey: process.env.QUITTANCE_API_KEY ?? '',
  baseUrl: process.env.QUITTANCE_URL ?? 'http://127.0.0.1:8080',
});

// One key per purchase, stored with it: however often this runs, there is one order and one payment.
const idempotencyKey = 'purchase-2026-000017';

const checkout = await client.cryptoOrders.createCheckout(
  { product: 'team_manual', price_cents: 4900, price_currency: 'USD', customer_reference: 'customer-42' },
  { idempotencyKey },
);

if (checkout.payment_address === null) {
  console.log(`${checkout.order_id}: no address yet, the payment page will show it: ${checkout.payment_url}`);
} else {
  console.log(`${checkout.order_id}: send exactly ${checkout.pay_amount_text} ${checkout.pay_currency}`);
  console.log(`to ${checkout.payment_address} on ${checkout.network} before ${checkout.expires_at}`);
  if (checkout.pay_extra_id !== null) console.log(`with the memo ${checkout.pay_extra_id}`);
}
