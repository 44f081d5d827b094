import { isPayWindowOver } from '../../../domain/deadline.js';
import type { CoinOffer } from '../../../domain/payments/offer.js';
import type { Routes } from '../../deps.js';
import { conflict, invalidField, unavailable } from '../../http/problem.js';
import { chooseCoin } from '../../orders/coin-choice.js';
import { orderEnvelopeOf } from '../../orders/order-envelope.js';
import { callerIn, ownerIn } from '../../plugins/auth.js';
import { orderEnvelope } from '../../schemas/order-answers.js';
import { coinBody, coinsAnswer, coinsQuery, orderParams } from '../../schemas/orders.js';
import { ownOrder } from './crypto-orders.js';

const retryAfterSeconds = 5;

/** What a merchant's own page needs to let a payer choose the coin. */
export const coinRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/billing/coins',
    { config: { permission: 'quote' }, schema: { querystring: coinsQuery, response: { 200: coinsAnswer } } },
    async (request) => {
      const { price_cents, price_currency } = request.query;
      const { provider } = callerIn(request).settings;
      const price = { cents: price_cents, currency: price_currency };
      const coins = await deps.coinOffers({ ...ownerIn(request), provider }, price);
      if (coins === null) {
        throw unavailable('The list of coins cannot be had from the provider now.', retryAfterSeconds);
      }
      return { price_cents, price_currency, coins: coins.map(coinAnswer) };
    },
  );

  app.post(
    '/v1/billing/crypto-orders/:order_id/coin',
    {
      config: { permission: 'orders:write' },
      schema: { params: orderParams, body: coinBody, response: { 200: orderEnvelope } },
    },
    async (request) => {
      const order = await ownOrder(deps.pool, ownerIn(request), request.params.order_id);
      const { status, version } = order;
      const now = new Date(deps.nowMs()).toISOString();
      if (status === 'pending' && isPayWindowOver(order, now)) throw notChoosable('its pay window is over');
      const answer = await chooseCoin(deps, order, { coin: request.body.pay_currency, version });
      switch (answer.kind) {
        case 'chosen':
          return orderEnvelopeOf(deps, answer.order);
        case 'unknown_coin':
          throw invalidField(
            'pay_currency',
            `no coin that can be paid here; expected one of ${answer.codes.join(', ')}`,
          );
        case 'refused':
          throw notChoosable(answer.why);
      }
    },
  );
};

function coinAnswer({ code, network, needsMemo, minimum, estimate, isTooSmall }: CoinOffer) {
  return {
    pay_currency: code,
    network,
    needs_extra_id: needsMemo,
    minimum_amount: minimum,
    estimated_amount: estimate,
    is_payable: !isTooSmall,
  };
}

function notChoosable(why: string): Error {
  return conflict(`No coin can be chosen: ${why}.`, { resource: 'crypto_order', field: 'pay_currency' });
}
