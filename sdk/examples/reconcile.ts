import { Quittance } from '@quittance/sdk';

const client = new Quittance({
  apiKey: process.env.QUITTANCE_API_KEY ?? '',
  baseUrl: process.env.QUITTANCE_URL ?? 'http://127.0.0.1:8080',
});
const since = process.argv[2] ?? new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString();

// Pages are fetched as the loop needs them; leaving it early asks for no more.
let paid = 0;
for await (const order of client.cryptoOrders.listAll({ status: 'paid', updated_after: since, limit: 100 })) {
  console.log(`${order.order_id} ${order.price_cents} ${order.price_currency} paid at ${order.paid_at}`);
  paid += 1;
}
console.log(`${paid} paid since ${since}`);
