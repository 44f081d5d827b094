import { databaseNow } from '../../../db/clock.js';
import { listOrders } from '../../../db/orders/order-lists.js';
import { findOwnOrder, type OrderRow } from '../../../db/orders/orders.js';
import { setCustomerNote } from '../../../db/orders/order-changes.js';
import { isOrderId } from '../../../domain/ids.js';
import { decide } from '../../../domain/order.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { orderEnvelopeOf, orderEnvelopes } from '../../orders/order-envelope.js';
import { ownerIn, type Owner } from '../../plugins/auth.js';
import { conflict, notFound } from '../../http/problem.js';
import { orderEnvelope, orderList } from '../../schemas/order-answers.js';
import { noteBody, orderParams, orderQuery } from '../../schemas/orders.js';
import type { Database } from '../../../db/pool.js';

const base = '/v1/billing/crypto-orders';

export const orderRoutes: Routes = (app, deps) => {
  const { pool, orderRuns, orderStart } = deps;
  const cursors = createCursors(deps, 'crypto-orders');

  app.get(
    base,
    { config: { permission: 'orders:read' }, schema: { querystring: orderQuery, response: { 200: orderList } } },
    async (request) => {
      const owner = ownerIn(request);
      const { limit, cursor, ...filters } = request.query;
      const scope = { ...owner, filters };
      const page = await listOrders(pool, owner, {
        filters: {
          status: filters.status,
          createdAfter: filters.created_after,
          createdBefore: filters.created_before,
          customerReference: filters.customer_reference,
          updatedAfter: filters.updated_after,
        },
        after: cursors.open(scope, cursor),
        limit,
      });
      return {
        orders: await orderEnvelopes(deps, page.rows),
        next_cursor: cursors.seal(scope, page.next),
      };
    },
  );

  app.get(
    `${base}/:order_id`,
    { config: { permission: 'orders:read' }, schema: { params: orderParams, response: { 200: orderEnvelope } } },
    async (request) => orderEnvelopeOf(deps, await ownOrder(pool, ownerIn(request), request.params.order_id)),
  );

  app.patch(
    `${base}/:order_id`,
    {
      config: { permission: 'orders:write' },
      schema: { params: orderParams, body: noteBody, response: { 200: orderEnvelope } },
    },
    async (request) => {
      const order = await ownOrder(pool, ownerIn(request), request.params.order_id);
      const note = request.body.customer_note || null;
      return orderEnvelopeOf(deps, await setCustomerNote(pool, order.id, note, await databaseNow(pool)));
    },
  );

  app.post(
    `${base}/:order_id/cancel`,
    { config: { permission: 'orders:write' }, schema: { params: orderParams, response: { 200: orderEnvelope } } },
    async (request) => {
      const order = await ownOrder(pool, ownerIn(request), request.params.order_id);
      if (decide(order.status, 'cancelled_by_owner').kind === 'refused') throw notCancellable(order.status);
      const outcome = await orderRuns.cancel(orderStart(order), request.id);
      // Not refused, and not cancelled: coins came before the cancellation.
      if (outcome.kind === 'refused' || outcome.status !== 'cancelled') throw notCancellable(outcome.status);
      return orderEnvelopeOf(deps, await ownOrder(pool, order, order.id));
    },
  );
};

/** The caller's order. Unknown, another account's, another mode's: the same 404. */
export async function ownOrder(db: Database, owner: Owner, id: string): Promise<OrderRow> {
  const order = isOrderId(id) ? await findOwnOrder(db, owner, id) : null;
  if (!order) throw notFound();
  return order;
}

function notCancellable(status: string): Error {
  const why = status === 'pending' ? 'Coins came for the order: it' : `The order is ${status} and`;
  return conflict(`${why} can no longer be cancelled. Support can help.`, {
    resource: 'crypto_order',
    field: 'status',
  });
}
