import { wireWords } from '../../../domain/brand.js';
import { createRoomKeeper } from '../../../db/orders/order-room.js';
import { listPrice } from '../../../domain/merchant/products.js';
import { checkOut, checkoutAnswerOf } from '../../orders/checkout.js';
import { createProductsFor, unknownProduct } from '../../orders/listed-price.js';
import type { Routes } from '../../deps.js';
import { idempotencyKeyIn } from '../../http/idempotency-key.js';
import { callerIn, ownerIn } from '../../plugins/auth.js';
import { badRequest, invalidField } from '../../http/problem.js';
import { checkoutAnswer } from '../../schemas/order-answers.js';
import { checkoutBody, quoteAnswer, quoteBody } from '../../schemas/orders.js';

const mintRetrySeconds = 2;

export const checkoutRoutes: Routes = (app, deps) => {
  const { settings, metrics, nowMs } = deps;
  const keeper = createRoomKeeper(nowMs);
  const productsFor = createProductsFor(deps);

  app.post(
    '/v1/billing/crypto-checkout',
    {
      config: { permission: 'orders:write', keepsOwnKeys: true },
      schema: { body: checkoutBody(settings), response: { 201: checkoutAnswer } },
      preValidation: async ({ headers }) => {
        const actAs = wireWords.header('account');
        if (headers[actAs] !== undefined) throw badRequest(`${actAs}: a key acts for its own account only.`);
      },
    },
    async (request, reply) => {
      const { order, payments, replayed, otherBody } = await checkOut(deps, {
        owner: ownerIn(request),
        account: callerIn(request).settings,
        products: await productsFor(request),
        body: request.body,
        idempotencyKey: idempotencyKeyIn(request),
        keeper,
      });
      request.orderId = order.id;
      const answer = checkoutAnswerOf(deps, { order, payments });
      const unfinished = order.status === 'pending' && answer.next_action === 'wait';
      if (replayed) void reply.header('idempotent-replayed', '1');
      if (otherBody) void reply.header(wireWords.header('idempotency-mismatch'), '1');
      if (unfinished) void reply.header('retry-after', String(mintRetrySeconds));
      metrics.checkouts.inc({ answer: replayed ? 'replay' : unfinished ? 'unfinished' : answer.provider });
      return reply.code(201).send(answer);
    },
  );

  app.post(
    '/v1/billing/crypto-checkout/quote',
    {
      config: { permission: 'quote' },
      schema: { body: quoteBody, response: { 200: quoteAnswer } },
    },
    async (request) => {
      const { product, price_currency = 'USD' } = request.body;
      const products = await productsFor(request);
      if (!products.some(({ id }) => id === product)) throw unknownProduct(products);
      const price_cents = listPrice(products, product, price_currency);
      if (price_cents === null) throw invalidField('price_currency', 'not on the price list of this product');
      return { product, price_cents, price_currency };
    },
  );
};
