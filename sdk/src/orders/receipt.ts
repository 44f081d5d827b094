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
}
