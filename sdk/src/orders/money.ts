/** What was to be paid and what has come, in the coin of the order. Amounts are decimal text. */
export interface MoneySummary {
  pay_currency: string | null;
  network: string | null;
  /** Null where there never was an address; so are the two below. */
  owed: string | null;
  /** What has come and was not sent back. */
  arrived: string;
  /** Of a paid order, what was waived. */
  missing: string | null;
  /** What came beyond what was owed. */
  excess: string | null;
}

export interface OrderMoney extends MoneySummary {
  /** Every payment that brought coins, in whatever coin. */
  deposits: Deposit[];
}

/** `arrived` is `applied` and `excess` and `unapplied` together. */
export interface Deposit {
  payment_id: string;
  provider_status: string;
  pay_currency: string | null;
  arrived: string;
  /** What pays the order. */
  applied: string;
  /** What is beyond its price. */
  excess: string;
  /** What pays nothing: it came late, for nobody, in another coin, or was sent back. */
  unapplied: string;
  /** Null where the payment provider did not tell it. */
  transaction_hash: string | null;
  at: string;
}
