import type { Price } from '../domain/currency.js';
import { compareCoins, scaleCoins, type CoinAmount } from '../domain/money.js';
import type { CoinOffer } from '../domain/payments/offer.js';
import { minute } from '../domain/timing.js';
import { createFloors, type Coin, type Coins } from './coins.js';
import { createEstimate } from './estimate.js';
import { createFreshValues } from './fresh-values.js';
import { inTime } from './in-time.js';
import type { Calls } from './lane/calls.js';
import { laneName, type ProviderAccount } from './provider-account.js';

// A rate is asked for with one price for all, so that many prices cost one question: it is shown as an estimate only.
const askedCents = 10_000;
const mostDecimals = 8; // of an estimate
const mostFigures = 40; // of an account that takes hundreds of coins the rest is shown without

/** The coins of an account with figures for a price. What takes longer than `patienceMs` is left out. */
export function createCoinOffers(calls: Calls, coins: Pick<Coins, 'list'>) {
  // Whoever looks at prices comes after everybody whose money is concerned.
  const patient: Pick<Calls, 'call' | 'clock'> = {
    call: (account, request) => calls.call(account, { ...request, priority: 'poll' }),
    clock: calls.clock,
  };
  const floorOf = createFloors(patient);
  const estimateOf = createEstimate(patient);
  const rates = createFreshValues<CoinAmount>({ freshMs: 5 * minute, usableMs: 30 * minute, clock: calls.clock });

  async function rateOf(account: ProviderAccount, coin: string, currency: string): Promise<CoinAmount | null> {
    const loaded = await rates.get(`${laneName(account)} ${coin} ${currency}`, async () => {
      const found = await estimateOf(account, { price: { cents: askedCents, currency }, coin });
      return found.kind === 'known'
        ? { kind: 'loaded', value: found.coins }
        : { kind: 'missing', message: found.message };
    });
    return loaded.kind === 'loaded' ? loaded.value : null;
  }

  async function offerOf(account: ProviderAccount, coin: Coin, { cents, currency }: Price): Promise<CoinOffer> {
    const [floor, rate] = await Promise.all([floorOf(account, coin.code), rateOf(account, coin.code, currency)]);
    const minimum = floor.kind === 'known' ? floor.floor : null;
    const decimals = Math.min(coin.decimals ?? mostDecimals, mostDecimals);
    const estimate = rate && scaleCoins(rate, { part: cents, whole: askedCents }, decimals);
    const isTooSmall = minimum !== null && estimate !== null && compareCoins(estimate, minimum) < 0;
    return { ...coin, minimum, estimate, isTooSmall };
  }

  /** Null: the list of coins cannot be had. */
  return async function coinOffers(
    account: ProviderAccount,
    price: Price,
    patienceMs: number,
  ): Promise<readonly CoinOffer[] | null> {
    const listed = await inTime(coins.list(account), patienceMs);
    if (listed === null || listed.kind === 'missing') return null;
    const known = [...listed.value.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
    return Promise.all(
      known.map(async (coin, index) => {
        const plain: CoinOffer = { ...coin, minimum: null, estimate: null, isTooSmall: false };
        return (index < mostFigures ? await inTime(offerOf(account, coin, price), patienceMs) : null) ?? plain;
      }),
    );
  };
}
