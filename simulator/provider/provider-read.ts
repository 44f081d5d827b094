import { isPositive, parseAmount } from '../decimal.js';
import { QUOTE_MS, touch } from '../money/minting.js';
import { iso, number } from '../spelling.js';
import { coins, convertUp, findCoin, floorOf, isFiat, usdRate } from '../world/coins.js';
import type { Payment } from '../world/payments.js';
import type { World } from '../world/world.js';
import { answer, invalid, notFound, refusal, type Answer } from './provider-answers.js';
import { readPayment } from './wire.js';

type Query = Record<string, string | undefined>;

export function listCurrencies(): Answer {
  return answer({ currencies: coins.filter((coin) => coin.payable).map((coin) => coin.code) });
}

export function listFullCurrencies(): Answer {
  const currencies = coins.map((coin, i) => ({
    id: 100 + i,
    code: coin.code.toUpperCase(),
    name: coin.name,
    enable: true,
    wallet_regex: null,
    priority: 100 + i,
    extra_id_exists: coin.hasMemo,
    extra_id_regex: coin.hasMemo ? '^[0-9]{1,20}$' : null,
    logo_url: `/images/coins/${coin.code}.svg`,
    track: true,
    is_maxlimit: coin.ceilingUsd !== null,
    network: coin.network,
    smart_contract: null,
    network_precision: String(coin.networkPrecision),
    precision: coin.precision,
    ticker: coin.ticker,
    available_for_payment: coin.payable,
    available_for_payout: coin.payable,
    extra_id_optional: false,
  }));
  return answer({ currencies });
}

export function listMerchantCoins(): Answer {
  return answer({ selectedCurrencies: coins.map((coin) => coin.code.toUpperCase()) });
}

export function minAmount(query: Query): Answer {
  const { currency_from: from = '', currency_to: to = from, fiat_equivalent: fiat } = query;
  const coin = isFiat(from) ? undefined : findCoin(from);
  if (coin === undefined || usdRate(to) === undefined) return unknownCurrency(coin === undefined ? from : to);
  const least = floorOf(coin);
  const body = { currency_from: coin.code, currency_to: to.toLowerCase(), min_amount: number(least) };
  if (fiat === undefined) return answer(body);
  const worth = convertUp(least, coin.code, fiat);
  return worth === undefined ? unknownCurrency(fiat) : answer({ ...body, fiat_equivalent: number(worth) });
}

export function estimate(query: Query): Answer {
  const { currency_from: from = '', currency_to: to = '' } = query;
  const amount = parseAmount(query.amount ?? '');
  if (amount === null || !isPositive(amount)) return invalid('amount must be a positive number');
  const worth = convertUp(amount, from, to);
  if (worth === undefined) return unknownCurrency(usdRate(from) === undefined ? from : to);
  return answer({
    currency_from: from.toLowerCase(),
    amount_from: number(amount),
    currency_to: to.toLowerCase(),
    estimated_amount: number(worth),
  });
}

/** Another key's payment does not exist for this one. */
export function findOwn(world: World, keyLabel: string, id: string): Payment | undefined {
  const payment = world.payments.find(id);
  return payment?.keyLabel === keyLabel ? payment : undefined;
}

export function readOne(world: World, keyLabel: string, id: string): Answer {
  if (!/^\d+$/.test(id)) return invalid('paymentId must be a number');
  const payment = findOwn(world, keyLabel, id);
  const isHidden = payment?.parentId != null && world.settings.current().childRead === '404';
  return payment === undefined || isHidden ? notFound : answer(readPayment(payment), payment);
}

/** A new quote only once the old one has run out, as the provider does. */
export function updateEstimate(world: World, keyLabel: string, id: string): Answer {
  if (!/^\d+$/.test(id)) return invalid('paymentId must be a number');
  const payment = findOwn(world, keyLabel, id);
  if (payment === undefined) return notFound;
  if (payment.status !== 'waiting') return invalid('only a waiting payment has an estimate');
  const now = world.clock.now();
  if (now >= payment.quoteUntilMs) {
    payment.quoteUntilMs = now + QUOTE_MS;
    touch(world, payment);
    world.payments.save(payment);
  }
  return answer({
    id: payment.id,
    token_id: payment.purchaseId,
    pay_amount: number(payment.payAmount),
    expiration_estimate_date: iso(payment.quoteUntilMs),
  });
}

function unknownCurrency(code: string): Answer {
  return refusal(400, 'INVALID_REQUEST_PARAMS', `Currency ${code.toUpperCase()} was not found`);
}
