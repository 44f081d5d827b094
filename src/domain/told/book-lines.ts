import { priceText } from '../currency.js';
import type { Mode } from '../ids.js';
import type { Receipt } from '../receipt.js';

/** The instants between which a month lies, in UTC: `2026-11`. */
export function monthOf(month: string): { from: string; to: string } {
  const from = `${month}-01T00:00:00.000Z`;
  const next = new Date(from);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return { from, to: next.toISOString() };
}

export const receiptBook = [
  'paid_at',
  'mode',
  'order_id',
  'customer_reference',
  'product',
  'description',
  'price',
  'price_currency',
  'pay_currency',
  'network',
  'owed',
  'received',
  'waived',
  'excess',
  'rate',
  'payment_id',
  'transaction_hashes',
  'accepted_by',
  'receipt_sha256',
] as const;

export const movementBook = [
  'seen_at',
  'mode',
  'order_id',
  'customer_reference',
  'price',
  'price_currency',
  'paid_at',
  'payment_id',
  'provider_status',
  'pay_currency',
  'arrived',
  'applied',
  'excess',
  'unapplied',
  'transaction_hash',
] as const;

export type BookLine<Columns extends readonly string[]> = Readonly<Record<Columns[number], string | null>>;

/** A receipt as a line of the books: what was frozen, and of older ones what the order says. */
export function receiptLine(of: {
  readonly receipt: Receipt;
  readonly mode: Mode;
  readonly customerReference: string | null;
  readonly payCurrency: string | null;
  readonly sha256: string;
}): BookLine<typeof receiptBook> {
  const { receipt } = of;
  const { paid_with: paid, deposits = [] } = receipt;
  return {
    paid_at: receipt.paid_at,
    mode: of.mode,
    order_id: receipt.order_id,
    customer_reference: receipt.customer_reference ?? of.customerReference,
    product: receipt.product,
    description: receipt.description ?? null,
    price: priceText({ cents: receipt.price_cents, currency: receipt.price_currency }),
    price_currency: receipt.price_currency,
    pay_currency: paid?.currency ?? of.payCurrency,
    network: paid?.network ?? null,
    owed: paid?.owed ?? null,
    received: paid?.received ?? null,
    waived: paid?.waived ?? null,
    excess: paid?.excess ?? null,
    rate: paid?.rate ?? null,
    payment_id: receipt.payment_id,
    transaction_hashes: deposits.flatMap(({ transaction_hash }) => transaction_hash ?? []).join(' ') || null,
    accepted_by: receipt.accepted?.by ?? null,
    receipt_sha256: of.sha256,
  };
}

/** Coins that came by one transfer, with their order. */
export interface Movement {
  readonly seenAt: string;
  readonly mode: Mode;
  readonly orderId: string | null;
  readonly customerReference: string | null;
  readonly priceCents: number | null;
  readonly priceCurrency: string | null;
  readonly paidAt: string | null;
  readonly paymentId: string;
  readonly providerStatus: string;
  readonly coin: string | null;
  readonly arrived: string;
  readonly applied: string;
  readonly excess: string;
  readonly unapplied: string;
  readonly transactionHash: string | null;
}

export function movementLine(movement: Movement): BookLine<typeof movementBook> {
  const { priceCents: cents, priceCurrency: currency } = movement;
  return {
    seen_at: movement.seenAt,
    mode: movement.mode,
    order_id: movement.orderId,
    customer_reference: movement.customerReference,
    price: cents === null || currency === null ? null : priceText({ cents, currency }),
    price_currency: currency,
    paid_at: movement.paidAt,
    payment_id: movement.paymentId,
    provider_status: movement.providerStatus,
    pay_currency: movement.coin,
    arrived: movement.arrived,
    applied: movement.applied,
    excess: movement.excess,
    unapplied: movement.unapplied,
    transaction_hash: movement.transactionHash,
  };
}
