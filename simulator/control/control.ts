import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { attemptIpn, recordIpn, writeAnswer } from '../ipn/ipn.js';
import { signBody } from '../ipn/ipn-signature.js';
import { playScenario, scenarioNames } from '../money/scenarios.js';
import { transferCoins } from '../money/transfers.js';
import { endpoints } from '../provider/provider-api.js';
import { writeRule } from '../world/fault-rules.js';
import { ledgerKinds } from '../world/ledger.js';
import type { Payment } from '../world/payments.js';
import { writeSettings } from '../world/settings.js';
import type { Transfer } from '../world/tasks.js';
import type { World } from '../world/world.js';
import { scenarioAnswer, transferAnswer } from './control-answers.js';
import { controlBodies as bodies } from './control-bodies.js';
import { paymentStates } from './payment-state.js';

class NotFound extends Error {}

export function registerControl(app: FastifyInstance, world: World, reset: (seed: number) => void): void {
  app.setErrorHandler((failure: Error & { statusCode?: number }, request, reply) => {
    if (failure instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(failure) });
    const status = failure instanceof NotFound ? 404 : (failure.statusCode ?? 500);
    if (status >= 500) request.log.error(failure);
    return reply.code(status).send({ error: failure.message });
  });
  registerViews(app, world);
  registerMoney(app, world);
  registerFaults(app, world);

  app.put('/settings', async (request) => {
    world.settings.change(bodies.settings.parse(request.body));
    return writeSettings(world.settings.current());
  });
  app.post('/clock', async (request) => {
    await world.agenda.advance(bodies.clock.parse(request.body).advance);
    return { now: world.clock.iso() };
  });
  app.post('/reset', async (request) => {
    const { seed = world.seed } = bodies.reset.parse(request.body);
    reset(seed);
    return { seed };
  });
  app.post('/ipn', async (request) => {
    const { url, body, sign, secret } = bodies.ipn.parse(request.body);
    const signature = signWith(body, secret ?? world.accounts.first()?.ipnSecret ?? '', sign);
    const ipnId = recordIpn(world, { paymentId: null, genuine: false, url, body, signature });
    const answer = await attemptIpn(world, ipnId, 1);
    const told = { ipn_id: ipnId, signature };
    return answer === undefined ? told : { ...told, ...writeAnswer(answer) };
  });
}

function registerViews(app: FastifyInstance, world: World): void {
  app.get('/ledger', async (request) => {
    const { after, limit, kind, last } = bodies.ledgerQuery.parse(request.query);
    if (last !== undefined) return { entries: world.ledger.last(last, kind), next: world.ledger.last(1)[0]?.seq ?? 0 };
    return world.ledger.page({ after, limit, kind });
  });
  app.get('/payments', async (request) => {
    const { order_id: orderId, limit, before } = bodies.paymentsQuery.parse(request.query);
    const all = orderId === undefined ? world.payments.all() : world.payments.ofOrder(orderId);
    const end = before === undefined ? all.length : all.findIndex((payment) => payment.id === before);
    if (end === -1) throw new NotFound(`no payment ${before}`);
    const newestFirst = all.slice(Math.max(0, end - limit), end).reverse();
    return { payments: paymentStates(world, newestFirst), total: all.length };
  });
  app.get('/payments/:id', async (request) => {
    const { id } = request.params as { id: string };
    return paymentStates(world, [findPayment(world, { payment_id: id })])[0];
  });
  app.get('/settings', async () => writeSettings(world.settings.current()));
  app.get('/clock', async () => ({ now: world.clock.iso() }));
  app.get('/scenarios', async () => ({ scenarios: scenarioNames }));
  app.get('/kinds', async () => ({ kinds: ledgerKinds, endpoints }));
}

function registerMoney(app: FastifyInstance, world: World): void {
  app.post('/pay', async (request) => {
    const wishes = bodies.pay.parse(request.body);
    const payment = findPayment(world, wishes);
    const transfer: Transfer = { paymentId: payment.id, ipn: wishes.ipn, scenario: null };
    if (wishes.step !== undefined) transfer.stepMs = wishes.step;
    if (wishes.fraction !== undefined) transfer.fraction = wishes.fraction;
    if (wishes.amount !== undefined) transfer.amount = wishes.amount;
    if (wishes.coin !== undefined) transfer.coin = wishes.coin;
    if (wishes.then !== undefined) transfer.then = wishes.then;
    return transferAnswer(transferCoins(world, transfer));
  });
  app.post('/scenarios/:name', async (request) => {
    const { name } = request.params as { name: string };
    if (!scenarioNames.includes(name)) throw new NotFound(`no scenario ${name}; there are ${scenarioNames.join(', ')}`);
    const { step, ipn, n, hold, after, coin, fraction, ...named } = bodies.scenario.parse(request.body);
    const payment = findPayment(world, named);
    const wishes = { stepMs: step, ipn, n, holdMs: hold, afterMs: after, coin, fraction };
    return scenarioAnswer(playScenario(world, { name, payment, wishes }));
  });
}

function registerFaults(app: FastifyInstance, world: World): void {
  app.post('/faults', async (request) => {
    const rule = world.faults.add(bodies.fault.parse(request.body));
    return { fault_id: rule.id };
  });
  app.get('/faults', async () => ({ faults: world.faults.list().map(writeRule) }));
  app.delete('/faults', async () => {
    world.faults.removeAll();
    return { faults: [] };
  });
  app.delete('/faults/:id', async (request) => {
    const { id } = request.params as { id: string };
    if (!world.faults.remove(id)) throw new NotFound(`no fault ${id}`);
    return { faults: world.faults.list().map(writeRule) };
  });
}

function findPayment(world: World, named: { payment_id?: string | undefined; order_id?: string | undefined }): Payment {
  const { payment_id: id, order_id: orderId } = named;
  const payment = id !== undefined ? world.payments.find(id) : world.payments.newestOf(orderId ?? '');
  if (payment === undefined) throw new NotFound(`no payment ${id ?? `for order ${orderId}`}`);
  return payment;
}

function signWith(body: string, secret: string, form: z.infer<typeof bodies.ipn>['sign']): string | null {
  try {
    return signBody(body, secret, form);
  } catch (cause) {
    throw Object.assign(new Error(`a body that is no JSON can only be signed as C or none`, { cause }), {
      statusCode: 400,
    });
  }
}
