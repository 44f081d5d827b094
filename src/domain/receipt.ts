/** What a receipt says, in the order of its canonical JSON. Frozen when the order becomes paid. */
export interface Receipt {
  readonly order_id: string;
  readonly issued_at: string; // = paid_at
  readonly status: 'paid';
  readonly product: string;
  readonly price_cents: number;
  readonly price_currency: string;
  readonly payment_id: string | null;
  readonly paid_at: string;
  readonly created_at: string;
}

export interface ReceiptFacts {
  readonly orderId: string;
  readonly product: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly paymentId: string | null;
  readonly paidAt: string;
  readonly createdAt: string;
}

/** Compact JSON with keys in a fixed order: the bytes that are hashed, signed and served. */
export function receiptJson(order: ReceiptFacts): string {
  const receipt: Receipt = {
    order_id: order.orderId,
    issued_at: order.paidAt,
    status: 'paid',
    product: order.product,
    price_cents: order.priceCents,
    price_currency: order.priceCurrency,
    payment_id: order.paymentId,
    paid_at: order.paidAt,
    created_at: order.createdAt,
  };
  return JSON.stringify(receipt);
}
