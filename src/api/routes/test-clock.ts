import type { Routes } from '../deps.js';
import { takeNoBodyForEmpty } from '../http/empty-body.js';
import { orderEnvelopeOf } from '../orders/order-envelope.js';
import { advanceOrder } from '../orders/test-clock.js';
import { ownerIn } from '../plugins/auth.js';
import { orderEnvelope } from '../schemas/order-answers.js';
import { orderParams } from '../schemas/orders.js';
import { advanceBody } from '../schemas/test-clock.js';
import { ownOrder } from './billing/crypto-orders.js';

/** Time for who tries an integration out: the ends of a test order in seconds. */
export const testClockRoutes: Routes = (app, deps) => {
  app.post(
    '/v1/test/orders/:order_id/advance',
    {
      config: { permission: 'orders:apply' },
      schema: { params: orderParams, body: advanceBody, response: { 200: orderEnvelope } },
      preValidation: takeNoBodyForEmpty,
    },
    async (request) => {
      const order = await ownOrder(deps.pool, ownerIn(request), request.params.order_id);
      const { seconds } = request.body;
      const byMs = seconds === undefined ? null : seconds * 1_000;
      return orderEnvelopeOf(deps, await advanceOrder(deps, order, { id: `advance:${request.effectId}`, byMs }));
    },
  );
};
