import { z } from 'zod';
import { findOrder, type OrderRow } from '../../../db/orders/orders.js';
import { isOrderId } from '../../../domain/ids.js';
import { consoleOrderPage } from '../../../web/console/console-order-page.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { consoleOrderView } from '../../console/console-order-view.js';
import { formBasics } from '../../console/form-fields.js';
import type { AppDeps, Routes } from '../../deps.js';
import { changeInternalNote } from '../../orders/internal-note.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { notFound } from '../../http/problem.js';
import { createReceiptAnswers } from '../../orders/receipt-answers.js';
import { orderParams } from '../../schemas/orders.js';
import { text } from '../../schemas/text.js';

const noteForm = z.object({ ...formBasics, internal_note: text(0, 2000) });

export const consoleOrderRoutes: Routes = (console, deps) => {
  const receipts = createReceiptAnswers(deps);
  const page = { config: forConsole('page'), schema: { hide: true, params: orderParams } };

  console.get('/orders/:order_id', page, async (request, reply) => {
    const order = await orderIn(deps, request.params.order_id);
    const context = await consoleContext(deps, request, reply);
    return sendPage(reply, consoleOrderPage(await consoleOrderView(deps, context, order)));
  });

  console.get('/orders/:order_id/receipt.pdf', page, async (request, reply) =>
    receipts.pdf(request, reply, await orderIn(deps, request.params.order_id)),
  );

  console.post(
    '/orders/:order_id/internal-note',
    { config: forConsole('order:note'), schema: { hide: true, params: orderParams, body: noteForm } },
    async (request, reply) => {
      const order = await orderIn(deps, request.params.order_id);
      // Browsers send line breaks as CRLF; what the API stores has one form.
      const note = request.body.internal_note.replaceAll('\r\n', '\n').trim();
      await changeInternalNote(deps.pool, order, { note, actor: actorIn(request), reason: null });
      return backWith(reply, `/console/orders/${order.id}`, { tone: 'good', text: 'The note is saved.' });
    },
  );
};

async function orderIn({ pool }: AppDeps, id: string): Promise<OrderRow> {
  const order = isOrderId(id) ? await findOrder(pool, id) : null;
  if (!order) throw notFound();
  return order;
}
