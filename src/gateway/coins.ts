import { z } from 'zod';
import type { CoinAmount } from '../domain/money.js';
import { doubtOf } from '../domain/payments/coin-list.js';
import { day, minute } from '../domain/timing.js';
import type { Calls } from './lane/calls.js';
import type { Outcome } from './lane/outcome.js';
import { createFreshValues, type Loaded } from './fresh-values.js';
import { inTime } from './in-time.js';
import { laneName, type ProviderAccount } from './provider-account.js';
import { amount, currency, problemOf, spelled } from './wire.js';

export interface Coin {
  readonly code: string;
  readonly network: string | null;
  readonly needsMemo: boolean; // without it the provider does not see the coins
  readonly decimals: number | null; // what a payer can send; what is shown is rounded up to it
}

/** `doubt`: why the list that was read last is not believed; an older one answers, or none. A person should look. */
export type Payable = (
  | { readonly kind: 'yes'; readonly coin: Coin }
  | { readonly kind: 'no' }
  | { readonly kind: 'unknown'; readonly message: string }
) & { readonly doubt?: string };

export type Floor =
  | { readonly kind: 'known'; readonly floor: CoinAmount; readonly fiat: CoinAmount | null }
  | { readonly kind: 'unknown'; readonly message: string };

export type Coins = ReturnType<typeof createCoins>;

const listBytes = 2 * 1024 * 1024;

/** The coins an account can be paid in, and the smallest amount of each; both cached per account. */
export function createCoins(calls: Calls) {
  const lists = createLists(calls);
  return {
    list: lists.get,

    async canPay(account: ProviderAccount, code: string): Promise<Payable> {
      const coins = await lists.get(account);
      const doubt = lists.doubt(account);
      if (coins.kind === 'missing') return { kind: 'unknown', message: coins.message, ...doubt };
      const coin = coins.value.get(code.toLowerCase());
      return coin ? { kind: 'yes', coin, ...doubt } : { kind: 'no', ...doubt };
    },

    /** The codes that can be paid in; null: the list cannot be had. What was listed last serves while that takes long. */
    async codes(account: ProviderAccount, patienceMs: number): Promise<readonly string[] | null> {
      const known = lists.peek(account);
      const loaded = await inTime(lists.get(account), patienceMs);
      const list = loaded?.kind === 'loaded' ? loaded.value : known;
      return list && [...list.keys()];
    },

    /** After the provider refused a coin that its list had offered. */
    forget: lists.forget,

    /** From what was listed last, without a call: a mint does not wait for the list. */
    needsMemo(account: ProviderAccount, code: string): boolean | null {
      return lists.peek(account)?.get(code)?.needsMemo ?? null;
    },

    floorOf: createFloors(calls),
  };
}

type CoinList = ReadonlyMap<string, Coin>;

function createLists({ call, clock }: Calls) {
  const lists = createFreshValues<CoinList>({ freshMs: 10 * minute, usableMs: day, retryMs: minute, clock });
  const doubts = new Map<string, { readonly why: string; readonly codes: readonly string[] }>(); // by lane

  /** A list that cannot be right counts as one that could not be had: the last good one serves. */
  function believed(lane: string, coins: CoinList): Loaded<CoinList> {
    const good = lists.peek(lane);
    const codes = [...coins.keys()];
    const why = doubtOf({ read: codes, good: good && [...good.keys()], doubted: doubts.get(lane)?.codes ?? null });
    if (why === null) {
      doubts.delete(lane);
      return { kind: 'loaded', value: coins };
    }
    doubts.set(lane, { why, codes });
    return { kind: 'missing', message: why };
  }

  return {
    get(account: ProviderAccount): Promise<Loaded<CoinList>> {
      const lane = laneName(account);
      return lists.get(lane, async () => {
        const [all, ticked] = await Promise.all([
          call(account, { method: 'GET', path: 'full-currencies', priority: 'decision', maxBytes: listBytes }),
          call(account, { method: 'GET', path: 'merchant/coins', priority: 'decision' }),
        ]);
        const coins = read(all, coinList);
        if (coins.kind === 'missing') return coins;
        const codes = read(ticked, tickedCoins);
        return codes.kind === 'missing' ? codes : believed(lane, payable(coins.value, codes.value));
      });
    },
    peek: (account: ProviderAccount) => lists.peek(laneName(account)),
    forget: (account: ProviderAccount) => lists.forget(laneName(account)),
    doubt(account: ProviderAccount): Pick<Payable, 'doubt'> {
      const doubt = doubts.get(laneName(account));
      return doubt ? { doubt: doubt.why } : {};
    },
  };
}

/** Towards the payout coin: a floor towards any other is up to ten times off. */
export function createFloors({ call, clock }: Pick<Calls, 'call' | 'clock'>) {
  const floors = createFreshValues<Extract<Floor, { kind: 'known' }>>({ freshMs: 5 * minute, clock });
  return async function floorOf(account: ProviderAccount, code: string, fiat = 'usd'): Promise<Floor> {
    const from = code.toLowerCase();
    const query = {
      currency_from: from,
      currency_to: account.payoutCoin ?? from,
      fiat_equivalent: fiat.toLowerCase(),
      is_fixed_rate: 'false',
      is_fee_paid_by_user: 'false',
    };
    const name = `${laneName(account)} ${from} ${query.currency_to} ${query.fiat_equivalent}`;
    const loaded = await floors.get(name, async () => {
      const found = read(
        await call(account, { method: 'GET', path: 'min-amount', priority: 'decision', query }),
        floor,
      );
      if (found.kind === 'missing') return found;
      const { min_amount, fiat_equivalent } = found.value;
      return { kind: 'loaded', value: { kind: 'known', floor: min_amount, fiat: fiat_equivalent } };
    });
    return loaded.kind === 'loaded' ? loaded.value : { kind: 'unknown', message: loaded.message };
  };
}

function payable(coins: readonly ListedCoin[], ticked: readonly string[]): ReadonlyMap<string, Coin> {
  const codes = new Set(ticked);
  const usable = coins.filter((coin) => coin.enable && coin.available_for_payment && codes.has(coin.code));
  return new Map(usable.map((coin) => [coin.code, coinOf(coin)]));
}

function coinOf({ code, network, extra_id_exists, precision, network_precision }: ListedCoin): Coin {
  const known = [precision, network_precision].filter((places) => places !== null);
  return {
    code,
    network,
    needsMemo: extra_id_exists,
    decimals: known.length > 0 ? Math.min(...known) : null, // they disagree now and then: the smaller one is safe
  };
}

function read<T>(outcome: Outcome, schema: z.ZodType<T>): Loaded<T> {
  if (outcome.kind !== 'usable') return { kind: 'missing', message: outcome.message };
  const parsed = schema.safeParse(outcome.object);
  return parsed.success
    ? { kind: 'loaded', value: parsed.data }
    : { kind: 'missing', message: problemOf(parsed.error) };
}

const places = spelled.pipe(z.string().regex(/^\d{1,2}$/)).transform(Number);
const yes = z.boolean().catch(false);

const listedCoin = z.object({
  code: currency,
  network: z
    .string()
    .nullish()
    .catch(null)
    .transform((network) => network?.toLowerCase() || null),
  enable: yes,
  available_for_payment: yes,
  extra_id_exists: yes,
  precision: places
    .nullish()
    .catch(null)
    .transform((value) => value ?? null),
  network_precision: places
    .nullish()
    .catch(null)
    .transform((value) => value ?? null),
});
type ListedCoin = z.output<typeof listedCoin>;

/** One coin we cannot read is one coin less, not an outage. */
const coinList = z
  .object({ currencies: z.array(listedCoin.nullable().catch(null)) })
  .transform(({ currencies }) => currencies.filter((coin) => coin !== null));

const tickedCoins = z
  .object({ selectedCurrencies: z.array(currency.nullable().catch(null)) })
  .transform(({ selectedCurrencies }) => selectedCurrencies.filter((code) => code !== null));

const floor = z.object({
  min_amount: amount,
  fiat_equivalent: amount
    .nullish()
    .catch(null)
    .transform((value) => value ?? null),
});
