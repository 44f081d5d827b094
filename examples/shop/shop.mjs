// A whole shop: one product, one button, and what became of each order. README.md beside it says how to start it.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { parseWebhook, Quittance } from '@quittance/sdk';

const { QUITTANCE_API_KEY: apiKey = '', QUITTANCE_WEBHOOK_SECRET: secret = '', PORT = '3000' } = process.env;
const client = new Quittance({ apiKey, baseUrl: process.env.QUITTANCE_URL ?? 'http://127.0.0.1:8080' });
const here = `http://127.0.0.1:${PORT}/`;
const manual = { product: 'team_manual', price_cents: 4900, price_currency: 'USD', description: 'Team manual, as PDF' };
const orders = {}; // a table, in real life: what is known of each order, and whether its manual was sent

const routes = {
  'GET /': () => [200, 'text/html', '<form method="post" action="/buy"><button>Team manual, 49 USD</button></form>'],
  'GET /orders': () => [200, 'application/json', JSON.stringify(orders)],

  async 'POST /buy'() {
    const idempotencyKey = randomUUID(); // in real life the cart's, so that a second click is the same order
    const back = { success_url: here, return_url: here, cancel_url: here };
    const order = await client.cryptoOrders.createCheckout({ ...manual, ...back }, { idempotencyKey });
    orders[order.order_id] ??= { status: order.status, version: 0, sent: 0, news: [] };
    return [303, 'text/plain', 'To the payment page.', order.payment_url];
  },

  async 'POST /hook'(request) {
    const { type, data } = await parseWebhook({ body: await buffer(request), headers: request.headers, secret });
    const order = (orders[data.order_id] ??= { status: 'pending', version: 0, sent: 0, news: [] });
    if (type === 'crypto.order.paid' && order.sent === 0) order.sent += 1; // here the manual goes out: once, however often this is told
    if (data.version > order.version) Object.assign(order, { status: data.status, version: data.version });
    if (!order.news.includes(type)) order.news.push(type);
    return [204, 'text/plain', ''];
  },
};

createServer(async (request, response) => {
  const route = routes[`${request.method} ${request.url}`] ?? (() => [404, 'text/plain', 'No such page.']);
  const failed = (failure) => [request.url === '/hook' ? 400 : 502, 'text/plain', String(failure.message)];
  const [status, type, body, location] = await Promise.resolve(request).then(route).catch(failed);
  response.writeHead(status, { 'content-type': type, ...(location && { location }) }).end(body);
}).listen(Number(PORT), '127.0.0.1', () => console.log(`the shop is open: ${here}`));
