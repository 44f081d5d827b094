import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { OrderRow } from '../../db/orders/orders.js';
import { findRendering, keepRendering, type ReceiptForm } from '../../db/money/receipt-renderings.js';
import { findReceipt, type ReceiptRow } from '../../db/money/receipts.js';
import { wireWords } from '../../domain/brand.js';
import type { Receipt } from '../../domain/receipt.js';
import { createPdfRenderer } from '../../web/receipt/pdf-renderer.js';
import { receiptText } from '../../web/receipt/receipt-text.js';
import type { AppDeps } from '../deps.js';
import { conflict, unavailable } from '../http/problem.js';

const pdfs = createPdfRenderer(); // one thread for all routes
const busySeconds = 5;

interface FrozenReceipt extends ReceiptRow {
  readonly orderId: string;
}

/** Receipts of one order in each form: frozen when it was paid, rendered once, the same bytes for ever. */
export function createReceiptAnswers({ pool, settings }: Pick<AppDeps, 'pool' | 'settings'>) {
  type Answer = (request: FastifyRequest, reply: FastifyReply, order: OrderRow) => Promise<FastifyReply>;

  const json: Answer = async (request, reply, order) => {
    const receipt = await frozen(order);
    const bytes = Buffer.from(receipt.body);
    void reply.type('application/json; charset=utf-8');
    if (receipt.signature !== null) void reply.header(wireWords.header('receipt-signature'), receipt.signature);
    return sendFrozen(request, reply, receipt, bytes);
  };

  const text: Answer = async (request, reply, order) => {
    const receipt = await frozen(order);
    const bytes = await rendered(receipt, 'txt', async (facts) => Buffer.from(receiptText(facts, settings.brandName)));
    void reply.type('text/plain; charset=utf-8');
    return sendFrozen(request, reply, receipt, bytes);
  };

  const pdf: Answer = async (request, reply, order) => {
    const receipt = await frozen(order);
    const bytes = await rendered(receipt, 'pdf', (facts) => drawn(facts, settings.brandName));
    void reply
      .type('application/pdf')
      .header('content-disposition', `attachment; filename="receipt-${receipt.orderId}.pdf"`);
    return sendFrozen(request, reply, receipt, bytes);
  };

  async function frozen(order: OrderRow): Promise<FrozenReceipt> {
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

  return { json, text, pdf };
}

async function drawn(receipt: Receipt, brandName: string): Promise<Buffer> {
  const bytes = await pdfs.render({ receipt, brandName });
  if (bytes === null) throw unavailable('Too many receipts are being drawn. Ask again.', busySeconds);
  return bytes;
}

function sendFrozen(request: FastifyRequest, reply: FastifyReply, receipt: FrozenReceipt, bytes: Buffer): FastifyReply {
  const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
  void reply.headers({
    etag,
    'cache-control': 'private, max-age=31536000, immutable',
    [wireWords.header('receipt-sha256')]: receipt.sha256,
  });
  if (!matches(request.headers['if-none-match'], etag)) return reply.send(bytes);
  return reply.code(304).removeHeader('content-type').removeHeader('content-disposition').send();
}

function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
