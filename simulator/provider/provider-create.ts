import { isLosslessNumber } from 'lossless-json';
import { isPositive, parseAmount, type AmountText } from '../decimal.js';
import { scheduleIpn, writeIpn } from '../ipn/ipn.js';
import { mintPayment } from '../money/minting.js';
import { seededDigits } from '../seeded.js';
import { convertUp, findCoin, isAboveCeiling, isBelowFloor, isFiat, usdRate, type Coin } from '../world/coins.js';
import { fateOfAnswer, type Strike } from '../world/fault-book.js';
import type { Invoice } from '../world/payments.js';
import type { World } from '../world/world.js';
import { answer, invalid, notFound, refusal, type Answer } from './provider-answers.js';
import { createdInvoice, createdPayment } from './wire.js';

type Body = Record<string, unknown>;
type Terms = Pick<
  Invoice,
  'orderId' | 'orderDescription' | 'priceAmount' | 'priceCurrency' | 'ipnUrl' | 'isFixedRate' | 'isFeePaidByUser'
>;

const scenarioOfCase: Readonly<Record<string, string>> = {
  success: 'paid',
  failed: 'failed',
  partially_paid: 'partial',
};

export function createPayment(world: World, call: { keyLabel: string; body: Body; strike: Strike }): Answer {
  const { body, keyLabel, strike } = call;
  const terms = readTerms(body);
  if ('status' in terms) return terms;
  const scenario = body.case === undefined ? undefined : scenarioOfCase[String(body.case)];
  if (body.case !== undefined && scenario === undefined) {
    return invalid(`case must be one of [${Object.keys(scenarioOfCase).join(', ')}]`);
  }
  const purchaseId = body.purchase_id == null ? null : String(body.purchase_id);
  const isKnown = world.payments.ofAccount(keyLabel).some((payment) => payment.purchaseId === purchaseId);
  if (purchaseId !== null && !isKnown) return invalid('purchase_id must be of an earlier payment');
  const { pay_currency: payCurrency } = body;
  return mintFor(world, { terms, keyLabel, strike, payCurrency, invoiceId: null, purchaseId, scenario });
}

export function createInvoicePayment(world: World, call: { keyLabel: string; body: Body; strike: Strike }): Answer {
  const invoice = world.payments.findInvoice(String(call.body.iid));
  if (invoice === undefined || invoice.keyLabel !== call.keyLabel) return notFound;
  const { keyLabel, strike, body } = call;
  const payCurrency = invoice.payCurrency ?? body.pay_currency;
  return mintFor(world, {
    terms: invoice,
    keyLabel,
    strike,
    payCurrency,
    invoiceId: invoice.id,
    purchaseId: null,
    scenario: undefined,
  });
}

export function createInvoice(world: World, call: { keyLabel: string; body: Body }): Answer {
  const terms = readTerms(call.body);
  if ('status' in terms) return terms;
  const { pay_currency: payCurrency, success_url: successUrl, cancel_url: cancelUrl } = call.body;
  if (payCurrency != null && payableCoin(payCurrency) === undefined) return unavailable(payCurrency);
  const invoice: Invoice = {
    ...terms,
    id: seededDigits({ seed: world.seed, stream: 'invoice', n: world.payments.countInvoices() }, 10),
    keyLabel: call.keyLabel,
    payCurrency: typeof payCurrency === 'string' ? payCurrency.toLowerCase() : null,
    successUrl: typeof successUrl === 'string' ? successUrl : null,
    cancelUrl: typeof cancelUrl === 'string' ? cancelUrl : null,
    createdAtMs: world.clock.now(),
  };
  world.payments.saveInvoice(invoice);
  return answer(createdInvoice(invoice, world.url));
}

function mintFor(
  world: World,
  order: {
    terms: Terms;
    keyLabel: string;
    strike: Strike;
    payCurrency: unknown;
    invoiceId: string | null;
    purchaseId: string | null;
    scenario: string | undefined;
  },
): Answer {
  const { terms, strike } = order;
  if (typeof order.payCurrency !== 'string') return invalid('pay_currency is required');
  const coin = payableCoin(order.payCurrency);
  if (coin === undefined) return unavailable(order.payCurrency);
  const payAmount = convertUp(terms.priceAmount, terms.priceCurrency, coin.code) ?? '0';
  if (isBelowFloor(payAmount, coin)) {
    return refusal(400, 'AMOUNT_MINIMAL_ERROR', `Crypto amount ${payAmount} is less than minimal`);
  }
  if (isAboveCeiling(payAmount, coin)) {
    return refusal(400, 'AMOUNT_MAXIMAL_ERROR', `Crypto amount ${payAmount} is above the maximum`);
  }
  const payment = mintPayment(world, {
    orderId: terms.orderId,
    orderDescription: terms.orderDescription,
    priceAmount: terms.priceAmount,
    priceCurrency: terms.priceCurrency,
    ipnUrl: terms.ipnUrl,
    isFixedRate: terms.isFixedRate,
    isFeePaidByUser: terms.isFeePaidByUser,
    keyLabel: order.keyLabel,
    payAmount,
    coin,
    invoiceId: order.invoiceId,
    purchaseId: order.purchaseId,
    answer: fateOfAnswer(strike),
    faultId: strike.faultId,
  });
  const { stepMs, ipn } = world.settings.current();
  const ipnId = ipn.onCreate ? writeIpn(world, payment, 'send') : null;
  if (ipnId !== null) scheduleIpn(world, ipnId, 'send');
  if (order.scenario !== undefined) {
    world.agenda.schedule(
      { kind: 'scenario', name: order.scenario, paymentId: payment.id },
      world.clock.now() + stepMs,
    );
  }
  return { status: 201, body: createdPayment(payment), payment };
}

function readTerms(body: Body): Terms | Answer {
  const priceAmount = readAmount(body.price_amount);
  if (priceAmount === null || !isPositive(priceAmount)) return invalid('price_amount must be a positive number');
  const priceCurrency = typeof body.price_currency === 'string' ? body.price_currency.toLowerCase() : '';
  if (usdRate(priceCurrency) === undefined) return invalid('price_currency is required and must be a known currency');
  for (const name of ['order_id', 'order_description', 'ipn_callback_url'] as const) {
    if (body[name] != null && typeof body[name] !== 'string') return invalid(`${name} must be a string`);
  }
  const ipnUrl = textOrNull(body.ipn_callback_url);
  if (ipnUrl !== null && !URL.canParse(ipnUrl)) return invalid('ipn_callback_url must be a valid uri');
  return {
    orderId: textOrNull(body.order_id),
    orderDescription: textOrNull(body.order_description),
    priceAmount,
    priceCurrency,
    ipnUrl,
    isFixedRate: body.is_fixed_rate === true,
    isFeePaidByUser: body.is_fee_paid_by_user === true,
  };
}

/** The provider wants a JSON number here; a string is a client that forgot it. */
function readAmount(value: unknown): AmountText | null {
  return isLosslessNumber(value) ? parseAmount(value.toString()) : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function payableCoin(code: unknown): Coin | undefined {
  const coin = typeof code === 'string' && !isFiat(code) ? findCoin(code) : undefined;
  return coin?.payable === true ? coin : undefined;
}

function unavailable(code: unknown): Answer {
  return refusal(400, 'CURRENCY_UNAVAILABLE', `Currency ${String(code).toUpperCase()} is currently unavailable`);
}
