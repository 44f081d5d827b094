import type { Price } from '../domain/currency.js';
import { assert } from '../domain/invariant.js';
import { isPaymentId, type PaymentId } from '../domain/ids.js';
import type { CoinOffer } from '../domain/payments/offer.js';
import { createCalls, type CallOptions } from './lane/calls.js';
import type { Outcome } from './lane/outcome.js';
import { createCheckup, type Checkup } from './checkup.js';
import { createCoinOffers } from './coin-offers.js';
import { createCoins, type Floor, type Payable } from './coins.js';
import { createEstimate, type Estimate } from './estimate.js';
import type { MintRequest } from './mint.js';
import { createMinting, type MintOutcome } from './minting.js';
import { createList, createPages, type ListOutcome } from './payment-list.js';
import { createSearch, type FindOutcome, type Search } from './payment-search.js';
import type { ProviderAccount } from './provider-account.js';
import { createSessions } from './lane/session.js';
import type { Priority } from './lane/waiting-room.js';
import { parsePayment, type ProviderPayment } from './wire.js';

export type ReadPriority = Exclude<Priority, 'mint'>;

export type ReadOutcome =
  | { readonly kind: 'read'; readonly payment: ProviderPayment; readonly raw: string }
  /** 404: another key made it, or another environment. It never means unpaid. */
  | { readonly kind: 'not_visible' }
  /** `alarm`: the provider answered, and wrongly. */
  | {
      readonly kind: 'unavailable';
      readonly message: string;
      readonly retryAfterMs: number | null;
      readonly alarm: boolean;
    }
  | { readonly kind: 'account'; readonly message: string; readonly retryAfterMs: number };

/** NOWPayments, as the rest of Quittance sees it. Failures of the world are values here: each asks for another answer. */
export interface Gateway {
  mint(account: ProviderAccount, request: MintRequest): Promise<MintOutcome>;
  read(account: ProviderAccount, paymentId: PaymentId, priority: ReadPriority): Promise<ReadOutcome>;
  find(account: ProviderAccount, search: Search): Promise<FindOutcome>;
  /** A page of the list of all payments; needs the login. */
  list(account: ProviderAccount, page: { createdFrom: string; number: number }): Promise<ListOutcome>;
  canPay(account: ProviderAccount, coin: string): Promise<Payable>;
  /** The codes of the coins it can be paid in; null: the list cannot be had within `patienceMs`, and never could. */
  coins(account: ProviderAccount, patienceMs: number): Promise<readonly string[] | null>;
  /** The same with what a price is about in each; null: the list cannot be had in time. */
  coinOffers(account: ProviderAccount, price: Price, patienceMs: number): Promise<readonly CoinOffer[] | null>;
  /** Its worth is told in `fiat`, by default in USD. */
  floorOf(account: ProviderAccount, coin: string, fiat?: string): Promise<Floor>;
  estimate(account: ProviderAccount, wanted: { price: Price; coin: string }): Promise<Estimate>;
  /** Whether it answers anything at all now: an outage is no answer to a create. */
  answers(account: ProviderAccount): Promise<boolean>;
  check(account: ProviderAccount): Promise<Checkup>;
}

export function createGateway(options: CallOptions = {}): Gateway & { close(): Promise<void> } {
  const calls = createCalls(options);
  const coins = createCoins(calls);
  const sessions = createSessions(calls);
  const pages = createPages(calls, sessions);

  async function read(account: ProviderAccount, paymentId: PaymentId, priority: ReadPriority): Promise<ReadOutcome> {
    assert(isPaymentId(paymentId), 'a payment is read by its id: without one the provider answers with the list');
    const outcome = await calls.call(account, {
      method: 'GET',
      path: `payment/${encodeURIComponent(paymentId)}`,
      priority,
      about: paymentId,
    });
    return outcome.kind === 'usable' ? understood(paymentId, outcome.text) : notRead(outcome);
  }

  function understood(paymentId: PaymentId, raw: string): ReadOutcome {
    const parsed = parsePayment(raw);
    if (parsed.kind === 'refused') return unusable(`unusable answer: ${parsed.problem}`);
    if (parsed.payment.paymentId !== paymentId) return unusable('the answer names another payment');
    for (const warning of parsed.warnings) options.log?.warn({ paymentId }, warning);
    return { kind: 'read', payment: parsed.payment, raw };
  }

  return {
    mint: createMinting(calls, coins),
    read,
    find: createSearch(pages),
    list: createList(pages),
    canPay: coins.canPay,
    coins: coins.codes,
    coinOffers: createCoinOffers(calls, coins),
    floorOf: coins.floorOf,
    estimate: createEstimate(calls),
    async answers(account) {
      const status = { method: 'GET', path: 'status', priority: 'mint', proof: 'nothing' } as const;
      return (await calls.call(account, status)).kind === 'usable';
    },
    check: createCheckup(calls, coins, sessions),
    close: calls.close,
  };
}

function notRead(outcome: Exclude<Outcome, { kind: 'usable' }>): ReadOutcome {
  switch (outcome.kind) {
    case 'refused':
      return outcome.status === 404 ? { kind: 'not_visible' } : unusable(outcome.message);
    case 'account':
      return outcome;
    case 'unsent':
    case 'broken':
      return { kind: 'unavailable', message: outcome.message, retryAfterMs: outcome.retryAfterMs, alarm: false };
  }
}

function unusable(message: string): ReadOutcome {
  return { kind: 'unavailable', message, retryAfterMs: null, alarm: true };
}
