import { createHmac, timingSafeEqual } from 'node:crypto';
import Fastify from 'fastify';
import type { RivalSettings } from './settings.js';
import type { ShopOrder } from './shop.js';

/** What stands behind the two doors that every rival has. */
export interface Rival {
  /** Mints and answers the address. A repeat with the same id answers the same. */
  checkout(order: ShopOrder): Promise<{ address: string }>;
  /** A signed notice. Its sender is thanked when this ends. */
  notice(notice: { orderId: string; paymentId: string; status: string }): Promise<void>;
}

export async function openDoors(rival: Rival, { port, ipnSecret }: RivalSettings): Promise<void> {
  const app = Fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.get('/healthz', () => ({ ok: true }));
  app.post('/checkout', async (request, reply) => {
    const order = JSON.parse(request.body as string) as ShopOrder;
    const { address } = await rival.checkout(order);
    return reply.code(201).send({ order_id: order.orderId, payment_address: address });
  });
  app.post('/ipn', async (request, reply) => {
    const body = request.body as string;
    const content = JSON.parse(body) as Record<string, unknown>;
    if (!isSigned(content, String(request.headers['x-nowpayments-sig']), ipnSecret)) return reply.code(401).send();
    await rival.notice({
      orderId: String(content.order_id),
      paymentId: String(content.payment_id),
      status: String(content.payment_status),
    });
    return { ok: true };
  });
  await app.listen({ port, host: '127.0.0.1' });
}

/** As the provider's documentation shows it: keys sorted, printed again, HMAC-SHA512. */
function isSigned(content: Record<string, unknown>, signature: string, secret: string): boolean {
  const wanted = createHmac('sha512', secret)
    .update(JSON.stringify(sorted(content)))
    .digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
