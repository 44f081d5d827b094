import type { FastifyRequest } from 'fastify';
import type { Routes } from '../../deps.js';
import { ownerIn } from '../../plugins/auth.js';
import { createReceiptAnswers } from '../../orders/receipt-answers.js';
import { orderParams } from '../../schemas/orders.js';
import { ownOrder } from './crypto-orders.js';

const base = '/v1/billing/crypto-orders/:order_id/receipt';

/** Receipts, for the merchant. */
export const receiptRoutes: Routes = (app, deps) => {
  const receipts = createReceiptAnswers(deps);
  const route = { config: { permission: 'orders:read' as const }, schema: { params: orderParams } };
  const own = (request: FastifyRequest, id: string) => ownOrder(deps.pool, ownerIn(request), id);

  app.get(base, route, async (request, reply) =>
    receipts.json(request, reply, await own(request, request.params.order_id)),
  );
  app.get(`${base}.txt`, route, async (request, reply) =>
    receipts.text(request, reply, await own(request, request.params.order_id)),
  );
  app.get(`${base}.pdf`, route, async (request, reply) =>
    receipts.pdf(request, reply, await own(request, request.params.order_id)),
  );
};
