import { LosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { isPaymentId, type PaymentId } from '../domain/ids.js';
import { isZeroCoins, type CoinAmount } from '../domain/money.js';
import type { PaymentView } from '../domain/payments/payment-view.js';
import { amountText } from './decimal-text.js';

export type JsonObject = Record<string, unknown>;

/** A payment in our words, with what only the gateway's own checks need. */
export interface ProviderPayment extends PaymentView {
  readonly createdAtMs: number | null;
  readonly purchaseId: string | null; // several payments may be of one purchase
  readonly network: string | null;
  readonly quoteExpiresAt: string | null; // shown to the payer; deadlines use our own clock
  readonly fiatPaid: CoinAmount | null; // for display; the provider's 0 means unknown, never "worth nothing"
}

export type Parsed =
  | { readonly kind: 'payment'; readonly payment: ProviderPayment; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly problem: string };

/** The JSON object in a text, numbers kept as they were written; null when there is none. */
export function readObject(text: string): JsonObject | null {
  try {
    const value = parse(text);
    return isObject(value) ? value : null;
  } catch (failure) {
    if (failure instanceof SyntaxError || failure instanceof RangeError) return null; // RangeError: nested too deep
    throw failure;
  }
}

export function writeObject(value: JsonObject): string {
  const text = stringify(value);
  if (text === undefined) throw new TypeError('a JSON object was expected');
  return text;
}

/** A JSON number with exactly these digits. */
export function exactNumber(decimal: string): LosslessNumber {
  return new LosslessNumber(decimal);
}

/** One parser for the answers to create and read, for list items and for IPNs: they differ only in what is absent. */
export function parsePayment(text: string): Parsed {
  const found = readObject(text);
  return found ? parsePaymentObject(found) : { kind: 'refused', problem: 'not a JSON object' };
}

/**
 * The same of a notification. It only makes us read the payment, so what nobody takes from it may be odd: such a field must
 * not cost us the notice.
 */
export function parseNotice(object: JsonObject): Parsed {
  return parsedBy(noticeFields, object);
}

export function parsePaymentObject(object: JsonObject): Parsed {
  return parsedBy(paymentFields, object);
}

function parsedBy(shape: typeof paymentFields, object: JsonObject): Parsed {
  const parsed = shape.safeParse(object);
  if (!parsed.success) return { kind: 'refused', problem: problemOf(parsed.error) };
  const fields = parsed.data;
  const unread = object['payment_extra_ids'] != null && fields.payment_extra_ids === null;
  return {
    kind: 'payment',
    payment: {
      paymentId: fields.payment_id,
      parentPaymentId: fields.parent_payment_id,
      extraIds: fields.payment_extra_ids ?? [],
      status: fields.payment_status,
      orderId: fields.order_id,
      priceAmount: fields.price_amount,
      priceCurrency: fields.price_currency,
      payAmount: fields.pay_amount,
      payCurrency: fields.pay_currency,
      actuallyPaid: fields.actually_paid,
      payAddress: fields.pay_address,
      payExtraId: fields.payin_extra_id,
      updatedAtMs: fields.updated_at,
      transactionHash: fields.payin_hash,
      createdAtMs: fields.created_at,
      purchaseId: fields.purchase_id,
      network: fields.network,
      quoteExpiresAt: isoOf(fields.expiration_estimate_date ?? fields.valid_until),
      fiatPaid: fields.actually_paid_at_fiat,
    },
    warnings: unread ? ['payment_extra_ids: not a list of at most 1000 ids, ignored'] : [],
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}

const storable = /^[^\u0000\p{Surrogate}]*$/u; // PostgreSQL takes neither NUL nor half a character

export const spelled = z.union([z.string(), z.instanceof(LosslessNumber)]).transform(String);
const words = z.string().regex(storable, 'not storable text');

export const paymentId = spelled.refine((text): text is PaymentId => isPaymentId(text), 'not 1 to 32 digits');
export const amount = spelled.transform((text, context) => {
  const plain = amountText(text);
  if (plain === null) context.addIssue({ code: 'custom', message: 'not a non-negative decimal of at most 80 digits' });
  return plain ?? z.NEVER;
});
export const currency = z
  .string()
  .regex(/^[a-z0-9]{2,20}$/i, 'not a currency code')
  .transform((code) => code.toLowerCase());

const isoShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
const moment = spelled.transform((text, context) => {
  const ms = /^\d{13}$/.test(text) ? Number(text) : isoShape.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms)) context.addIssue({ code: 'custom', message: 'not a moment' });
  return ms;
});

/** Null, or absent: a value nobody sent. */
function maybe<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? null);
}

/** For what we can do without: anything odd counts as absent. */
function lenient<T extends z.ZodType>(schema: T) {
  return maybe(schema).catch(null);
}

const payAddress = z.string().regex(/^[\x21-\x7e]{10,200}$/, 'not 10 to 200 printable characters');

const paymentFields = z.object({
  payment_id: paymentId,
  parent_payment_id: maybe(paymentId),
  payment_extra_ids: lenient(z.array(paymentId).max(1_000)),
  payment_status: words.min(1, 'empty').max(64, 'over 64 characters'),
  order_id: lenient(words.max(255)),
  purchase_id: lenient(paymentId),
  price_amount: maybe(amount),
  price_currency: maybe(currency),
  pay_amount: maybe(amount),
  pay_currency: maybe(currency),
  actually_paid: maybe(amount),
  actually_paid_at_fiat: lenient(amount.transform((fiat) => (isZeroCoins(fiat) ? null : fiat))),
  pay_address: maybe(payAddress),
  payin_extra_id: maybe(spelled.pipe(words.max(128, 'over 128 characters'))).transform((memo) => memo || null),
  network: lenient(words.min(1).max(40)),
  payin_hash: lenient(z.string().regex(/^[\x21-\x7e]{8,128}$/)), // documented nowhere, and there once coins have come
  created_at: lenient(moment),
  updated_at: lenient(moment),
  expiration_estimate_date: lenient(moment),
  valid_until: lenient(moment),
});

const noticeFields = paymentFields.extend({
  pay_address: paymentFields.shape.pay_address.catch(null),
  payin_extra_id: paymentFields.shape.payin_extra_id.catch(null),
}) as unknown as typeof paymentFields; // what comes out is the same

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Names the field and the rule, never the value: it goes to logs. */
export function problemOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
