import { compareCoins, isZeroCoins, type CoinAmount } from './money.js';
import { arrivedFor, isDeposit, type RecordedPayment } from './payments/deposits.js';
import { isRefunded } from './payments/payment-view.js';
import type { Profile } from './merchant/profile.js';
import type { PaidWith, PayingDeposit } from './told/receipt-money.js';

/** What came for an order that somebody took for the whole price, though it was not: the receipt says so. */
export interface Acceptance {
  readonly by: 'support' | 'policy';
  readonly received: readonly { readonly amount: CoinAmount; readonly currency: string }[];
  readonly owed?: { readonly amount: CoinAmount; readonly currency: string }; // left out where no payment was ever made
}

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
  readonly accepted?: Acceptance; // left out where the price was paid
  // What a bookkeeper asks for. Left out where nothing is known, and of receipts that were frozen before there was any.
  readonly seller?: Seller;
  readonly customer_reference?: string;
  readonly description?: string;
  readonly paid_with?: PaidWith;
  readonly deposits?: readonly PayingDeposit[];
}

/** Who sold it, as the account's profile said when the order was paid. */
export interface Seller {
  readonly name: string;
  readonly postal_address?: string;
  readonly tax_id?: string;
  readonly footer?: string;
}

export interface ReceiptFacts {
  readonly orderId: string;
  readonly product: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly paymentId: string | null;
  readonly paidAt: string;
  readonly createdAt: string;
  readonly accepted?: Acceptance | null;
  readonly seller?: Seller | null;
  readonly customerReference?: string | null;
  readonly description?: string | null;
  readonly paidWith?: PaidWith | null;
  readonly deposits?: readonly PayingDeposit[];
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
    ...(order.accepted ? { accepted: order.accepted } : {}),
    ...(order.seller ? { seller: order.seller } : {}),
    ...(order.customerReference ? { customer_reference: order.customerReference } : {}),
    ...(order.description ? { description: order.description } : {}),
    ...(order.paidWith ? { paid_with: order.paidWith } : {}),
    ...(order.deposits?.length ? { deposits: order.deposits } : {}),
  };
  return JSON.stringify(receipt);
}

/** Null where what is owed has come in its coin: then the price was paid, whoever said so. */
export function acceptanceOf(
  { payCurrency, payAmount }: { readonly payCurrency: string | null; readonly payAmount: CoinAmount | null },
  payments: readonly RecordedPayment[],
  by: Acceptance['by'],
): Acceptance | null {
  const inCoin = arrivedFor(payCurrency, payments);
  if (payAmount !== null && compareCoins(inCoin, payAmount) >= 0) return null;
  const others = payments.filter((payment) => {
    const isThere = !isZeroCoins(payment.arrived) && !isRefunded({ status: payment.providerStatus });
    return isThere && !isDeposit(payCurrency, payment);
  });
  const received = [
    ...(payCurrency === null || isZeroCoins(inCoin) ? [] : [{ amount: inCoin, currency: payCurrency }]),
    ...others.map(({ arrived, coin }) => ({ amount: arrived, currency: coin ?? 'unknown' })),
  ];
  if (payAmount === null || payCurrency === null) return { by, received };
  return { by, received, owed: { amount: payAmount, currency: payCurrency } };
}

/** The seller as a profile names him; null where it has no name. */
export function sellerOf({ legalName, displayName, postalAddress, taxId, receiptFooter }: Profile): Seller | null {
  const name = legalName ?? displayName;
  if (name === null) return null;
  return {
    name,
    ...(postalAddress === null ? {} : { postal_address: postalAddress }),
    ...(taxId === null ? {} : { tax_id: taxId }),
    ...(receiptFooter === null ? {} : { footer: receiptFooter }),
  };
}
