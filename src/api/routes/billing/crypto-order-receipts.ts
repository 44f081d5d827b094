import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import type { ReceiptForm } from '../../../db/receipt-renderings.js';
import { findRendering, keepRendering } from '../../../db/receipt-renderings.js';
import { findReceipt } from '../../../db/receipts.js';
import { brand } from '../../../domain/brand.js';
import type { Receipt } from '../../../domain/receipt.js';
import { receiptPdf } from '../../../web/receipt-pdf.js';
import { receiptText } from '../../../web/receipt-text.js';
import type { AppDeps, Routes } from '../../deps.js';
import { ownerIn } from '../../plugins/auth.js';
import { conflict } from '../../problem.js';
import { orderParams } from '../../schemas/orders.js';
import { ownOrder } from './crypto-orders.js';

const base = '/v1/billing/crypto-orders/:order_id/receipt';
const onePdfAtATime = pLimit(2); // fonts are heavy: more at once would starve other answers

interface FrozenReceipt {
  readonly orderId: string;
  readonly body: string;
  readonly sha256: string;
}

/** Receipts: frozen when the order was paid, rendered once, the same bytes for ever. */
export const receiptRoutes: Routes = (app, deps) => {
  const { pool } = deps;
  const route = { config: { permission: 'orders:read' as const }, schema: { params: orderParams } };

  app.get(base, route, async (request, reply) => {
    const receipt = await frozen(deps, request, request.params.order_id);
    void reply.type('application/json; charset=utf-8');
    return sendFrozen(request, reply, receipt, Buffer.from(receipt.body));
  });

  app.get(`${base}.txt`, route, async (request, reply) => {
    const receipt = await frozen(deps, request, request.params.order_id);
    const bytes = await rendered(receipt, 'txt', async (facts) => Buffer.from(receiptText(facts)));
    void reply.type('text/plain; charset=utf-8');
    return sendFrozen(request, reply, receipt, bytes);
  });

  app.get(`${base}.pdf`, route, async (request, reply) => {
    const receipt = await frozen(deps, request, request.params.order_id);
    const bytes = await rendered(receipt, 'pdf', (facts) => onePdfAtATime(() => receiptPdf(facts)));
    void reply
      .type('application/pdf')
      .header('content-disposition', `attachment; filename="receipt-${receipt.orderId}.pdf"`);
    return sendFrozen(request, reply, receipt, bytes);
  });

  async function rendered(
    { orderId, body }: FrozenReceipt,
    form: ReceiptForm,
    render: (receipt: Receipt) => Promise<Buffer>,
  ): Promise<Buffer> {
    const kept = await findRendering(pool, orderId, form);
    if (kept) return kept;
    const bytes = await render(JSON.parse(body) as Receipt); // our own frozen text
    await keepRendering(pool, orderId, form, bytes);
    return (await findRendering(pool, orderId, form)) ?? bytes; // another process may have been first
  }
};

async function frozen({ pool }: AppDeps, request: FastifyRequest, orderId: string): Promise<FrozenReceipt> {
  const order = await ownOrder(pool, ownerIn(request), orderId);
  if (order.status !== 'paid') {
    throw conflict(`The order is ${order.status}: receipts are for paid orders.`, {
      resource: 'crypto_order',
      field: 'status',
    });
  }
  const receipt = await findReceipt(pool, order.id);
  if (!receipt) throw new Error(`paid order ${order.id} has no receipt`);
  return { orderId: order.id, ...receipt };
}

function sendFrozen(request: FastifyRequest, reply: FastifyReply, receipt: FrozenReceipt, bytes: Buffer): FastifyReply {
  const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
  void reply.headers({
    etag,
    'cache-control': 'private, max-age=31536000, immutable',
    [brand.header('receipt-sha256')]: receipt.sha256,
  });
  if (!matches(request.headers['if-none-match'], etag)) return reply.send(bytes);
  return reply.code(304).removeHeader('content-type').removeHeader('content-disposition').send();
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
