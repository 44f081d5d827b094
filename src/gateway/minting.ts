import type { CoinAmount } from '../domain/money.js';
import type { PaymentId } from '../domain/ids.js';
import { day } from '../domain/timing.js';
import type { Calls } from './lane/calls.js';
import type { Outcome } from './lane/outcome.js';
import type { Coins, Floor } from './coins.js';
import { refusalOf, type Refusal } from './lane/failures.js';
import { createBody, mintedFrom, type MintedPayment, type MintRequest } from './mint.js';
import { laneName, type ProviderAccount } from './provider-account.js';
import { parsePayment } from './wire.js';

export type MintOutcome =
  | { readonly kind: 'minted'; readonly payment: MintedPayment }
  /** Final: the same request will not be taken later either. `rejected` is a defect of ours. */
  | {
      readonly kind: 'refused';
      readonly reason: Refusal;
      readonly message: string;
      readonly floor: CoinAmount | null;
      readonly worth: CoinAmount | null;
    }
  /** Certainly no payment made. */
  | { readonly kind: 'not_sent'; readonly message: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'account'; readonly message: string; readonly retryAfterMs: number }
  /** A payment may exist: look before minting again. `paymentId`: the one a faulty answer named, if it did. */
  | {
      readonly kind: 'unknown';
      readonly message: string;
      readonly alarm: boolean;
      readonly paymentId: PaymentId | null;
    };

const ceilingMs = day;

/** Creates payments. It never repeats a call: the provider has no idempotency key. */
export function createMinting(calls: Calls, coins: Coins) {
  const ceilings = new Map<string, { readonly cents: number; readonly until: number }>();

  const ceilingName = (account: ProviderAccount, { price, payCurrency }: MintRequest): string =>
    `${laneName(account)} ${payCurrency.toLowerCase()} ${price.currency}`;

  async function refused(
    account: ProviderAccount,
    request: MintRequest,
    outcome: Extract<Outcome, { kind: 'refused' }>,
  ): Promise<MintOutcome> {
    const reason = refusalOf(outcome);
    const refusal = { kind: 'refused', reason, message: outcome.message, floor: null, worth: null } as const;
    switch (reason) {
      case 'below_minimum': {
        const found = await floorIn(coins, account, request);
        return found.kind === 'known' ? { ...refusal, floor: found.floor, worth: found.fiat } : refusal;
      }
      case 'above_maximum':
        // The provider gives no figure, so what it refused is all we know.
        ceilings.set(ceilingName(account, request), { cents: request.price.cents, until: calls.clock() + ceilingMs });
        return refusal;
      case 'coin_unavailable':
        coins.forget(account);
        return refusal;
      case 'rejected':
        return refusal;
    }
  }

  function answered(account: ProviderAccount, request: MintRequest, text: string): MintOutcome {
    const parsed = parsePayment(text);
    if (parsed.kind === 'refused') return doubtful(`unusable answer: ${parsed.problem}`, null);
    const { payment } = parsed;
    if (payment.status !== 'waiting')
      return doubtful(`a new payment that is already ${payment.status}`, payment.paymentId);
    const minted = mintedFrom(payment, request, text, coins.needsMemo(account, request.payCurrency.toLowerCase()));
    if ('problem' in minted) return doubtful(`wrong answer: ${minted.problem}`, payment.paymentId);
    return { kind: 'minted', payment: minted };
  }

  return async function mint(account: ProviderAccount, request: MintRequest): Promise<MintOutcome> {
    const ceiling = ceilings.get(ceilingName(account, request));
    if (ceiling && ceiling.cents <= request.price.cents && calls.clock() < ceiling.until) {
      return {
        kind: 'refused',
        reason: 'above_maximum',
        message: 'refused as too much within a day',
        floor: null,
        worth: null,
      };
    }
    const call = { method: 'POST', path: 'payment', priority: 'mint', body: createBody(request) } as const;
    const outcome = await calls.call(account, { ...call, about: request.orderId });
    switch (outcome.kind) {
      case 'usable':
        return answered(account, request, outcome.text);
      case 'refused':
        return refused(account, request, outcome);
      case 'unsent':
        return { ...outcome, kind: 'not_sent' };
      case 'account':
        return outcome;
      case 'broken':
        return { kind: 'unknown', message: outcome.message, alarm: false, paymentId: null };
    }
  };
}

/** The floor in the order's own currency; in the coin alone where the provider knows no rate for that. */
async function floorIn(coins: Coins, account: ProviderAccount, { payCurrency, price }: MintRequest): Promise<Floor> {
  const found = await coins.floorOf(account, payCurrency, price.currency);
  if (found.kind === 'known' || price.currency === 'USD') return found;
  const inUsd = await coins.floorOf(account, payCurrency);
  return inUsd.kind === 'known' ? { ...inUsd, fiat: null } : inUsd;
}

/** The provider took the order and said something else: nothing of it is shown, and a person should know. */
function doubtful(message: string, paymentId: PaymentId | null): MintOutcome {
  return { kind: 'unknown', message, alarm: true, paymentId };
}
