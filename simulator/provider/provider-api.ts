import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parse } from 'lossless-json';
import { setTimeout as wait } from 'node:timers/promises';
import { attemptIpn, writeIpn } from '../ipn/ipn.js';
import type { Account } from '../world/accounts.js';
import type { Strike } from '../world/fault-book.js';
import { needsTheWork } from '../world/fault-rules.js';
import type { World } from '../world/world.js';
import { emit, plain, spoil, statusOf, type Outcome } from './misbehaviour.js';
import { listPayments } from './payment-list.js';
import { answer, invalid, noToken, refusal, tooMany, unknownKey, wrongLogin, type Answer } from './provider-answers.js';
import { createInvoice, createInvoicePayment, createPayment } from './provider-create.js';
import * as read from './provider-read.js';
import { createRateLimit } from './rate-limit.js';

interface Call {
  account: Account;
  keyLabel: string;
  body: Record<string, unknown>;
  query: Record<string, string | undefined>;
  id: string;
  authorization: string | undefined;
  strike: Strike;
}

type Handler = (world: World, call: Call) => Answer;

/** Everything that wants a key. `/status` and `/auth` are the two that do not. */
const calls: Readonly<Record<string, Handler>> = {
  'GET /currencies': () => read.listCurrencies(),
  'GET /full-currencies': () => read.listFullCurrencies(),
  'GET /merchant/coins': () => read.listMerchantCoins(),
  'GET /min-amount': (_world, { query }) => read.minAmount(query),
  'GET /estimate': (_world, { query }) => read.estimate(query),
  'POST /payment': createPayment,
  'GET /payment/:id': (world, { keyLabel, id }) => read.readOne(world, keyLabel, id),
  'GET /payment/': (world, { keyLabel, query, authorization }) =>
    world.accounts.isLoggedIn(authorization, world.clock.now()) ? listPayments(world, keyLabel, query) : noToken,
  'POST /payment/:id/update-merchant-estimate': (world, { keyLabel, id }) => read.updateEstimate(world, keyLabel, id),
  'POST /invoice': createInvoice,
  'POST /invoice-payment': createInvoicePayment,
};

const openCalls: Readonly<Record<string, (world: World, body: Record<string, unknown>) => Answer>> = {
  'GET /status': () => answer({ message: 'OK' }),
  'POST /auth': (world, { email, password }) => {
    const token = world.accounts.logIn({ email, password, nowMs: world.clock.now() });
    return token === null ? wrongLogin : answer({ token });
  },
};

export const endpoints: readonly string[] = [...Object.keys(calls), ...Object.keys(openCalls)];

export function registerProviderApi(app: FastifyInstance, world: World): void {
  const rateLimit = createRateLimit();
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? {} : parse(String(text)));
    } catch {
      done(Object.assign(new Error('body is not JSON'), { statusCode: 400 }), undefined);
    }
  });
  app.setErrorHandler((failure: Error & { statusCode?: number }, request, reply) => {
    const status = failure.statusCode ?? 500;
    if (status >= 500) request.log.error(failure);
    const told =
      status < 500 ? { ...invalid(failure.message), status } : refusal(500, 'INTERNAL_ERROR', failure.message);
    return emit(reply, plain(told));
  });
  app.setNotFoundHandler((_request, reply) => emit(reply, plain(refusal(404, 'NOT_FOUND', 'Route not found'))));

  for (const endpoint of endpoints) {
    const [method = '', path = ''] = endpoint.split(' ');
    app.route({ method, url: path, handler: (request, reply) => serve(endpoint, request, reply) });
  }
  // An empty id is the list, with or without the slash.
  app.get('/payment', (request, reply) => serve('GET /payment/', request, reply));

  async function serve(endpoint: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const account = world.accounts.byKey(request.headers['x-api-key']);
    const body = bodyOf(request);
    const strike = world.faults.strike(endpoint, orderIdOf(world, request, body));
    await pause(strike.delayBeforeMs);
    const work = (): Answer => {
      const open = openCalls[endpoint];
      if (open !== undefined) return open(world, body);
      if (account === undefined) return unknownKey;
      if (!rateLimit.allows(account.label, world.settings.current().rateLimitPerS)) return tooMany;
      return calls[endpoint]?.(world, toCall(request, { account, body, strike })) ?? unknownKey;
    };
    const outcome = await outcomeOf(world, strike, work);
    await pause(strike.delayAfterMs);
    world.ledger.record({
      kind: 'call',
      method: request.method,
      path: request.url,
      key_label: account?.label ?? null,
      fault_id: strike.faultId,
      http_status: statusOf(outcome),
      effect: strike.effect,
    });
    world.journal.flush();
    void reply.header('cf-ray', `${world.ledger.countOf('call').toString(16).padStart(16, '0')}-SIM`);
    await emit(reply, outcome);
    return reply;
  }
}

async function outcomeOf(world: World, { rule }: Strike, work: () => Answer): Promise<Outcome> {
  if (rule === null) return plain(work());
  if (!needsTheWork(rule)) return spoil(rule, null);
  const done = work();
  if (rule.fault === 'ipn_first' && done.payment !== undefined) {
    const ipnId = writeIpn(world, done.payment, 'send');
    if (ipnId !== null) await attemptIpn(world, ipnId, 1);
  }
  return spoil(rule, done);
}

function toCall(request: FastifyRequest, given: Pick<Call, 'account' | 'body' | 'strike'>): Call {
  const { id = '' } = request.params as { id?: string };
  const query = request.query as Record<string, string | undefined>;
  const { authorization } = request.headers;
  return { ...given, keyLabel: given.account.label, query, id, authorization };
}

function bodyOf({ body }: FastifyRequest): Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}

function orderIdOf(world: World, request: FastifyRequest, body: Record<string, unknown>): string | null {
  if (typeof body.order_id === 'string') return body.order_id;
  const { id } = request.params as { id?: string };
  if (id !== undefined) return world.payments.find(id)?.orderId ?? null;
  return world.payments.findInvoice(String(body.iid))?.orderId ?? null;
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { ref: false }); // a closed simulator waits for nobody
}
