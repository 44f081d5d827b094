import { setTimeout as pause } from 'node:timers/promises';
import { providerChoiceOf } from '../../db/accounts/accounts.js';
import { paymentsOf } from '../../db/money/payments.js';
import { findOrder, type OrderRow } from '../../db/orders/orders.js';
import { defaultAccountSettings, type ProviderQuestion } from '../../domain/account.js';
import { refusalOfChoice } from '../../domain/payments/offer.js';
import { sameCoin } from '../../domain/payments/payment-view.js';
import type { AppDeps } from '../deps.js';

const longestWaitMs = 3_000; // by then nearly every address is there; a page looks again by itself
const lookEveryMs = 100;

export type ChoiceAnswer =
  | { readonly kind: 'chosen'; readonly order: OrderRow } // with its address, if that came in time
  | { readonly kind: 'unknown_coin'; readonly codes: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Hands the coin that a payer chose to the order's workflow, and waits a moment for the address. `version`: of the order as the
 * payer saw it. Saying the same twice is saying it once.
 */
export async function chooseCoin(
  deps: AppDeps,
  order: OrderRow,
  { coin, version }: { readonly coin: string; readonly version: number },
): Promise<ChoiceAnswer> {
  const why = refusalOfChoice(order, await paymentsOf(deps.pool, [order.id]));
  if (why !== null) return { kind: 'refused', why };
  const codes = await deps.payableCoins(await askerFor(deps, order));
  if (codes !== null && !codes.includes(coin)) return { kind: 'unknown_coin', codes };
  const fact = { kind: 'choice', id: `choice:${version}:${coin}`, coin, version } as const;
  const { kind, status, reason } = await deps.orderRuns.choose(deps.orderStart(order), fact);
  if (kind === 'refused' || kind === 'waits' || reason !== null) {
    return { kind: 'refused', why: reason ?? `the order is ${status}` };
  }
  return { kind: 'chosen', order: await withAddress(deps, order, coin) };
}

/** For whom the order's next payment is made. */
export async function askerFor({ pool }: AppDeps, { accountId, mode }: OrderRow): Promise<ProviderQuestion> {
  const provider = (await providerChoiceOf(pool, accountId)) ?? defaultAccountSettings.provider;
  return { accountId, mode, provider };
}

/** The order once its address is there, or the coin turns out not to be had, or a moment has passed. */
async function withAddress({ pool, nowMs }: AppDeps, order: OrderRow, coin: string): Promise<OrderRow> {
  const until = nowMs() + longestWaitMs;
  for (;;) {
    const now = (await findOrder(pool, order.id)) ?? order;
    if (now.payAddress !== null || !sameCoin(now.requestedCoin, coin) || nowMs() >= until) return now;
    await pause(lookEveryMs);
  }
}
