import { currencyExponent } from '../currency.js';
import { addCoins, isZeroCoins, scaleCoins, type CoinAmount } from '../money.js';
import { sameCoin, isRefunded } from '../payments/payment-view.js';
import { moneySummary, type Came } from '../payments/order-money.js';

/** How a price was paid in coins. What is missing of them was waived; amounts that are zero are left out. */
export interface PaidWith {
  readonly currency: string;
  readonly network?: string;
  readonly owed: string;
  readonly received: string;
  readonly waived?: string;
  readonly excess?: string;
  readonly rate: string; // coins for one major unit of the price's currency, as quoted with the address
}

/** One transfer that pays the order. */
export interface PayingDeposit {
  readonly payment_id: string;
  readonly currency: string;
  readonly network?: string;
  readonly amount: string;
  readonly transaction_hash?: string;
  readonly at: string;
}

interface Priced {
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly payCurrency: string | null;
  readonly payAmount: CoinAmount | null;
  readonly payAmountText: string | null;
  readonly network: string | null;
}

const rateDecimals = 12;

/** Null where the order never had an address: then nothing was asked for in coins. */
export function paidWith(order: Priced, payments: readonly Came[]): PaidWith | null {
  const { payCurrency, payAmount, network } = order;
  if (payCurrency === null || payAmount === null) return null;
  const { owed, arrived, missing, excess } = moneySummary(order, payments);
  // Whoever took other coins for the whole waived nothing.
  const isInCoin = payingDeposits(order, payments).every(({ currency }) => sameCoin(currency, payCurrency));
  return {
    currency: payCurrency,
    ...(network === null ? {} : { network }),
    owed: owed ?? payAmount,
    received: arrived,
    ...(isInCoin ? unlessZero('waived', missing) : {}),
    ...unlessZero('excess', excess),
    rate: rateOf(order.priceCents, order.priceCurrency, payAmount),
  };
}

function unlessZero(name: 'waived' | 'excess', amount: CoinAmount | null): Partial<PaidWith> {
  return amount === null || isZeroCoins(amount) ? {} : { [name]: amount };
}

function rateOf(cents: number, currency: string, owed: CoinAmount): string {
  return scaleCoins(owed, { part: 10 ** (currencyExponent(currency) ?? 0), whole: cents }, rateDecimals);
}

/** The transfers that pay the order, with what is beyond its price; coins that pay nothing are support's, and on no receipt. */
export function payingDeposits(
  { payCurrency, network }: Pick<Priced, 'payCurrency' | 'network'>,
  payments: readonly Came[],
): PayingDeposit[] {
  return payments.flatMap(({ paymentId, coin, applied, excess, transactionHash, firstSeenAt, providerStatus }) => {
    const amount = addCoins(applied, excess);
    if (isZeroCoins(amount) || isRefunded({ status: providerStatus })) return [];
    const isOrdersCoin = sameCoin(coin, payCurrency);
    return {
      payment_id: paymentId,
      currency: coin ?? 'unknown',
      ...(isOrdersCoin && network !== null ? { network } : {}),
      amount,
      ...(transactionHash === null ? {} : { transaction_hash: transactionHash }),
      at: firstSeenAt,
    };
  });
}
