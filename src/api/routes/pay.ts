import formbody from '@fastify/formbody';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { productsOf } from '../../db/accounts/products.js';
import { profileOf } from '../../db/accounts/profiles.js';
import { findOrderByToken, type OrderRow } from '../../db/orders/orders.js';
import { openSurplusOf } from '../../db/support/case-queue.js';
import { paymentsOf } from '../../db/money/payments.js';
import { isOutage } from '../../db/query.js';
import { awaitsChoice, refusalOfChoice } from '../../domain/payments/offer.js';
import { priceOf } from '../../domain/payments/bound-terms.js';
import { isClosed } from '../../domain/order.js';
import { chooseLanguage } from '../../web/pay/language.js';
import { pageSecurityPolicy } from '../../web/layout.js';
import { paymentAwayPage, paymentNotFoundPage, paymentTooManyPage } from '../../web/pay/payment-message-page.js';
import { paymentPage, paymentStatus } from '../../web/pay/payment-page.js';
import { paymentState, refreshSeconds, type Choice, type PaymentPageView } from '../../web/pay/payment-state.js';
import type { Strings } from '../../web/pay/strings/en.js';
import type { App, AppDeps, Routes } from '../deps.js';
import { createLiveStatus } from '../live/live-status.js';
import { askerFor, chooseCoin } from '../orders/coin-choice.js';
import { payerView } from '../orders/payer-view.js';
import { notFound, Problem } from '../http/problem.js';
import { queryOf } from '../plugins/strict-input.js';
import { coin } from '../schemas/orders.js';
import { createReceiptAnswers } from '../orders/receipt-answers.js';
import { openStream } from '../live/event-stream.js';

const tokenShape = /^[A-Za-z0-9_-]{32}$/; // 24 random bytes
const awaySeconds = 5;

const params = z.object({ token: z.string() });
const querystring = z.object({
  lang: z.string().optional(),
  choose: z.enum(['1', 'refused']).optional().catch(undefined),
});
const choiceBody = z.object({ coin, version: z.coerce.number().int().min(0) });

/** The payer's page. The token is the key: who has it sees this order, and nothing else of the merchant. */
export const payRoutes: Routes = (app, deps) => {
  const live = createLiveStatus(deps);
  const receipts = createReceiptAnswers(deps);
  const { brandName } = deps.settings;
  app.addHook('preClose', () => live.close());

  const config = { permission: 'public' as const };
  const schema = { hide: true, params };

  app.get(
    '/pay/:token',
    { config, schema: { ...schema, querystring }, errorHandler: inWords(brandName) },
    async (request, reply) => {
      const strings = stringsFor(request, request.query.lang);
      const view = await viewOf(deps, request.params.token, request.query.choose);
      if (!view) return sendPage(reply.code(404), strings, paymentNotFoundPage(strings, brandName));
      return sendPage(reply, strings, paymentPage(view, strings));
    },
  );

  /** What the page swaps in; as JSON for whoever asks for that. */
  app.get('/pay/:token/status', { config, schema: { ...schema, querystring } }, async (request, reply) => {
    const view = await viewOf(deps, request.params.token, request.query.choose);
    if (!view) throw notFound();
    const strings = stringsFor(request, request.query.lang);
    void reply.header('cache-control', 'no-store, private').header('vary', 'accept, accept-language');
    if (!request.headers.accept?.includes('text/html')) return reply.send(statusOf(view));
    return reply.type('text/html; charset=utf-8').send(paymentStatus(view, strings));
  });

  app.get('/pay/:token/events', { config, schema, exposeHeadRoute: false }, async (request, reply) => {
    const order = await orderBy(deps, request.params.token);
    if (!order) throw notFound();
    if (order.status === 'paid') return reply.code(204).send(); // tells a browser not to come back
    return openStream(request, reply, (stream) => live.watch(order.id, stream));
  });

  void app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    await scope.register(formbody, { parser: queryOf });
    scope.post(
      '/pay/:token/coin',
      { config, schema: { ...schema, querystring, body: choiceBody }, errorHandler: inWords(brandName) },
      async (request, reply) => {
        const { token } = request.params;
        const order = await orderBy(deps, token);
        const strings = stringsFor(request, request.query.lang);
        if (!order) return sendPage(reply.code(404), strings, paymentNotFoundPage(strings, brandName));
        // Whatever became of it, the page says how the order stands now.
        const { kind } = await chooseCoin(deps, order, request.body);
        const again = kind === 'chosen' ? '' : '&choose=refused';
        return reply.redirect(`/pay/${token}?lang=${strings.language}${again}`, 303);
      },
    );
  });

  app.get('/pay/:token/receipt.pdf', { config, schema }, async (request, reply) => {
    const order = await orderBy(deps, request.params.token);
    if (!order) throw notFound();
    return receipts.pdf(request, reply, order);
  });
};

async function orderBy({ pool }: AppDeps, token: string): Promise<OrderRow | null> {
  return tokenShape.test(token) ? findOrderByToken(pool, token) : null;
}

type Asked = '1' | 'refused' | undefined; // for another coin than the one that stands; and the last one named was refused

async function viewOf(deps: AppDeps, token: string, choose: Asked): Promise<PaymentPageView | null> {
  const order = await orderBy(deps, token);
  if (!order) return null;
  const { pool } = deps;
  const [payments, profile, own, surplus] = await Promise.all([
    paymentsOf(pool, [order.id]),
    profileOf(pool, order),
    productsOf(pool, order.accountId),
    order.status === 'paid' ? openSurplusOf(pool, order.id) : null,
  ]);
  const isAsked = awaitsChoice(order) || (choose !== undefined && refusalOfChoice(order, payments) === null);
  const facts = { payments, profile, products: own ?? deps.settings.products, surplus };
  return payerView(deps, order, { ...facts, choice: isAsked ? await choiceFor(deps, order, choose) : null });
}

async function choiceFor(deps: AppDeps, order: OrderRow, choose: Asked): Promise<Choice> {
  return {
    options: await deps.coinOffers(await askerFor(deps, order), priceOf(order)),
    chosen: order.requestedCoin,
    isRefused: choose === 'refused' || (order.choice > 0 && order.requestedCoin === null),
  };
}

function statusOf(view: PaymentPageView) {
  const state = paymentState(view);
  return {
    order_id: view.orderId,
    status: view.status,
    state,
    version: view.version,
    expires_at: view.expiresAt,
    paid_at: view.paidAt,
    is_final: isClosed(view.status),
    look_again_seconds: refreshSeconds(state),
  };
}

function stringsFor({ headers }: FastifyRequest, lang: string | undefined): Strings {
  const accepted = headers['accept-language'];
  return chooseLanguage({ ...(lang && { wanted: lang }), ...(accepted && { accepted }) });
}

function sendPage(reply: FastifyReply, strings: Strings, html: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .headers({
      'content-security-policy': pageSecurityPolicy,
      'content-language': strings.language,
      'cache-control': 'no-store, private',
      vary: 'accept-language',
    })
    .send(html);
}

/** A person is reading: an outage, or a limit, is said in words, and the page comes back by itself. */
function inWords(brandName: string) {
  return (failure: Error, request: FastifyRequest, reply: FastifyReply): void => {
    const strings = stringsFor(request, undefined);
    if (failure instanceof Problem && failure.slug === 'rate-limited') {
      void reply.code(failure.status).headers({ ...failure.headers, refresh: failure.headers['retry-after'] });
      void sendPage(reply, strings, paymentTooManyPage(strings, brandName));
      return;
    }
    if (!isOutage(failure)) throw failure;
    request.log.warn({ err: failure, requestId: request.id }, 'outage');
    void reply.code(503).headers({ 'retry-after': awaySeconds, refresh: awaySeconds });
    void sendPage(reply, strings, paymentAwayPage(strings, brandName));
  };
}
