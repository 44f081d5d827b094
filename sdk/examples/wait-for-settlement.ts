import { OrderNotPaidError, Quittance, SettlementTimeoutError } from '@quittance/sdk';

const client = new Quittance({
  apiKey: process.env.QUITTANCE_API_KEY ?? '',
  baseUrl: process.env.QUITTANCE_URL ?? 'http://127.0.0.1:8080',
});
const orderId = process.argv[2] ?? '';

try {
  const order = await client.cryptoOrders.waitForSettlement(orderId, { timeoutMs: 2 * 60 * 60 * 1000 });
  console.log(`${order.order_id} is paid: grant ${order.product}`);
  console.log(await client.cryptoOrders.receiptText(order.order_id));
} catch (error) {
  if (error instanceof OrderNotPaidError) console.log(`${orderId} is ${error.order.status}: grant nothing`);
  else if (error instanceof SettlementTimeoutError) console.log(`${orderId} is still open: ask again later`);
  else throw error;
}
