import { z } from 'zod';
import { priceText, type Price } from '../domain/currency.js';
import type { CoinAmount } from '../domain/money.js';
import type { Calls } from './lane/calls.js';
import type { ProviderAccount } from './provider-account.js';
import { amount, problemOf } from './wire.js';

export type Estimate =
  { readonly kind: 'known'; readonly coins: CoinAmount } | { readonly kind: 'unknown'; readonly message: string };

const answer = z.object({ estimated_amount: amount });

/** What a price costs in a coin now. Never used to ask for money: an order's own quote stands. */
export function createEstimate({ call }: Pick<Calls, 'call'>) {
  return async function estimate(
    account: ProviderAccount,
    { price, coin }: { price: Price; coin: string },
  ): Promise<Estimate> {
    const query = {
      amount: priceText(price),
      currency_from: price.currency.toLowerCase(),
      currency_to: coin.toLowerCase(),
    };
    const outcome = await call(account, { method: 'GET', path: 'estimate', priority: 'decision', query });
    if (outcome.kind !== 'usable') return { kind: 'unknown', message: outcome.message };
    const parsed = answer.safeParse(outcome.object);
    return parsed.success
      ? { kind: 'known', coins: parsed.data.estimated_amount }
      : { kind: 'unknown', message: problemOf(parsed.error) };
  };
}
