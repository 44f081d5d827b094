import { isZeroCoins, subtractCoins, type CoinAmount } from '../money.js';
import { arrivedFor, type RecordedPayment } from './deposits.js';

/** What an order was to be paid and what has come for it, in its coin: known for ever, whatever its status. */
export interface MoneySummary {
  readonly pay_currency: string | null;
  readonly network: string | null;
  readonly owed: string | null; // null: it never had an address
  readonly arrived: string; // what was sent back is not there any more
  readonly missing: string | null;
  readonly excess: string | null;
}

/** The same with every payment that brought coins, in whatever coin. */
export interface OrderMoney extends MoneySummary {
  readonly deposits: ToldDeposit[];
}

/** Coins that came by one transfer: how many pay the order, are beyond its price, or pay nothing. */
export interface ToldDeposit {
  readonly payment_id: string;
  readonly provider_status: string;
  readonly pay_currency: string | null;
  readonly arrived: string;
  readonly applied: string;
  readonly excess: string;
  readonly unapplied: string;
  readonly transaction_hash: string | null;
  readonly at: string;
}

interface Asked {
  readonly payCurrency: string | null;
  readonly payAmount: CoinAmount | null;
  readonly payAmountText: string | null;
  readonly network: string | null;
}

export interface Came extends RecordedPayment {
  readonly paymentId: string;
  readonly applied: CoinAmount;
  readonly excess: CoinAmount;
  readonly unapplied: CoinAmount;
  readonly transactionHash: string | null;
  readonly firstSeenAt: string;
}

interface Differences {
  readonly missing: CoinAmount | null;
  readonly excess: CoinAmount | null;
}

export function moneySummary(order: Asked, payments: readonly RecordedPayment[]): MoneySummary & Differences {
  const { payCurrency, payAmount } = order;
  const arrived = arrivedFor(payCurrency, payments);
  return {
    pay_currency: payCurrency,
    network: order.network,
    owed: order.payAmountText,
    arrived,
    missing: payAmount && subtractCoins(payAmount, arrived),
    excess: payAmount && subtractCoins(arrived, payAmount),
  };
}

export function orderMoney(order: Asked, payments: readonly Came[]): OrderMoney {
  const came = payments.filter(({ arrived }) => !isZeroCoins(arrived));
  return { ...moneySummary(order, payments), deposits: came.map(toldDeposit) };
}

function toldDeposit(payment: Came): ToldDeposit {
  return {
    payment_id: payment.paymentId,
    provider_status: payment.providerStatus,
    pay_currency: payment.coin,
    arrived: payment.arrived,
    applied: payment.applied,
    excess: payment.excess,
    unapplied: payment.unapplied,
    transaction_hash: payment.transactionHash,
    at: payment.firstSeenAt,
  };
}
