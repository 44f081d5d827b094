import { z } from 'zod';
import { currency } from '../orders.js';
import { reason } from '../admin-orders.js';
import { printableLine } from '../printable.js';

const most = 100;
const anyPrice = z.number().int().min(1).max(1_000_000_000);

export const productId = z.string().regex(/^[a-z0-9_]{1,64}$/, 'expected 1 to 64 of a to z, 0 to 9 and _');

/** One thing that is sold. */
export const product = z.strictObject({
  id: productId,
  names: z.record(z.string().regex(/^[a-z]{2}$/, 'expected a language such as en'), printableLine(80)).default({}),
  prices: z
    .record(currency, anyPrice)
    .refine((prices) => Object.keys(prices).length > 0, 'expected a price in one currency at least'),
});

const list = z
  .array(product)
  .max(most)
  .refine((products) => new Set(products.map(({ id }) => id)).size === products.length, 'an id stands twice');

export const productsBody = z.object({ products: list });
export const adminProductsBody = productsBody.extend({ reason });

export const productsAnswer = z
  .object({
    products: z.array(
      z.object({
        id: z.string(),
        names: z.record(z.string(), z.string()),
        prices: z.record(z.string(), z.number().int()),
      }),
    ),
    is_own: z.boolean(),
  })
  .meta({ id: 'Products' });
