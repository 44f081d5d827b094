import { z } from 'zod';
import { currencyExponent } from '../../domain/currency.js';
import { orderStatuses } from '../../domain/order.js';
import { coinChoices } from '../../domain/payments/offer.js';
import type { ApiSettings } from '../deps.js';
import { nearMisses } from '../http/near-misses.js';
import { printableLine } from './printable.js';
import { createdInOrder, cursorText, instant, pageLimit, text } from './text.js';
import { isHttpsUrl, isShopUrl } from './urls.js';

export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'expected three capitals of ISO 4217')
  .refine((code) => currencyExponent(code) !== null, 'not a currency with a defined minor unit');

export const coin = z
  .string()
  .regex(/^[A-Za-z0-9]{2,20}$/, 'expected a coin code such as usdttrc20')
  .transform((code) => code.toLowerCase());

const metadata = z.preprocess(
  (given, context) => {
    // The one key that zod's record would drop without a word.
    if (typeof given === 'object' && given !== null && Object.hasOwn(given, '__proto__'))
      context.addIssue('the key __proto__ cannot be kept');
    return given;
  },
  z.record(text(1, 64), text(0, 500)).refine((map) => Object.keys(map).length <= 20, 'expected at most 20 keys'),
);

/** A page of the merchant's, to which payers are led back. */
function shopUrl({ production }: ApiSettings) {
  const [isUsable, expected] = production
    ? ([isHttpsUrl, 'expected an https URL without user information'] as const)
    : ([isShopUrl, 'expected an https URL without user information, or an http one of this machine'] as const);
  return text(1, 2048).refine(isUsable, expected);
}

// As other payment APIs call it. Ignored, each would charge another price, or leave a customer without a way back.
const notFields = {
  amount: 'price_cents',
  price: 'price_cents',
  price_amount: 'price_cents',
  currency: 'price_currency',
  coin: 'pay_currency',
  crypto_currency: 'pay_currency',
  customer: 'customer_reference',
  customer_email: 'customer_reference',
  customer_id: 'customer_reference',
  email: 'customer_reference',
  reference: 'customer_reference',
  redirect_url: 'return_url',
} as const;

export function checkoutBody(settings: ApiSettings) {
  const body = z.object({
    product: text(1, 64),
    price_cents: z.number().int().min(1).max(settings.maxPriceCents),
    price_currency: currency,
    pay_currency: coin.optional(),
    coin_choice: z.enum(coinChoices).optional(),
    customer_reference: text(1, 128).optional(),
    metadata: metadata.optional(),
    description: printableLine(200).optional(),
    success_url: shopUrl(settings).optional(),
    return_url: shopUrl(settings).optional(),
    cancel_url: shopUrl(settings).optional(),
  });
  return body.register(nearMisses, notFields);
}
export type CheckoutBody = z.output<ReturnType<typeof checkoutBody>>;

/** The coin that a payer chose, on the merchant's own page. */
export const coinBody = z.object({ pay_currency: coin });

export const coinsQuery = z.object({
  price_cents: z.coerce.number().int().min(1).max(1_000_000_000),
  price_currency: currency,
});

export const coinsAnswer = z.object({
  price_cents: z.number().int(),
  price_currency: z.string(),
  coins: z.array(
    z.object({
      pay_currency: z.string(),
      network: z.string().nullable(),
      needs_extra_id: z.boolean(),
      minimum_amount: z.string().nullable(),
      estimated_amount: z.string().nullable(),
      is_payable: z.boolean(),
    }),
  ),
});

export const quoteBody = z.object({ product: text(1, 64), price_currency: currency.optional() });

export const quoteAnswer = z.object({
  product: z.string(),
  price_cents: z.number().int(),
  price_currency: z.string(),
});

export const noteBody = z.object({ customer_note: text(0, 500).nullable() });

export const orderParams = z.object({ order_id: text(1, 100) });

export const orderQuery = z
  .object({
    limit: pageLimit(100, 50),
    status: z.enum(orderStatuses).optional(),
    created_after: instant.optional(),
    created_before: instant.optional(),
    customer_reference: text(1, 128).optional(),
    updated_after: instant.optional(),
    cursor: cursorText,
  })
  .refine(...createdInOrder);

/** A month of the books, in UTC. */
export const bookQuery = z.object({
  month: z.string().regex(/^20\d{2}-(?:0[1-9]|1[0-2])$/, 'expected a month such as 2026-11'),
});
