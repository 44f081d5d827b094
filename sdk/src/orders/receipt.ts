/** Frozen when the order was paid: every fetch answers the same bytes. */
export interface Receipt {
  order_id: string;
  issued_at: string;
  status: 'paid';
  product: string;
  price_cents: number;
  price_currency: string;
  payment_id: string | null;
  paid_at: string;
  created_at: string;
  /** Only where somebody took less than the price, or another coin, for the whole of it. */
  accepted?: {
    by: 'support' | 'policy';
    received: { amount: string; currency: string }[];
    owed?: { amount: string; currency: string };
  };
  /** What a bookkeeper asks for. Left out where nothing is known, and of receipts from before there was any. */
  seller?: { name: string; postal_address?: string; tax_id?: string; footer?: string };
  customer_reference?: string;
  description?: string;
  /** Amounts are decimal text; `rate` is coins for one major unit of the price's currency. */
  paid_with?: {
    currency: string;
    network?: string;
    owed: string;
    received: string;
    waived?: string;
    excess?: string;
    rate: string;
  };
  /** The transfers that pay the order. */
  deposits?: {
    payment_id: string;
    currency: string;
    network?: string;
    amount: string;
    transaction_hash?: string;
    at: string;
  }[];
}
