import { createKeptProducts } from '../../db/accounts/products.js';
import { findKeyedOrder } from '../../db/orders/idempotency-keys.js';
import { listPrice, type Product } from '../../domain/merchant/products.js';
import type { AppDeps } from '../deps.js';
import { invalidField } from '../http/problem.js';
import { ownerIn, callerIn, type Owner } from '../plugins/auth.js';
import type { CheckoutBody } from '../schemas/orders.js';

/** What the account of a request sells: its own list, else the installation's. */
export function createProductsFor({ pool, settings }: Pick<AppDeps, 'pool' | 'settings'>) {
  const kept = createKeptProducts(pool);
  return async (request: Parameters<typeof callerIn>[0]): Promise<readonly Product[]> =>
    (await kept(ownerIn(request).accountId, callerIn(request).productsVersion)) ?? settings.products;
}

interface Wanted {
  readonly owner: Owner;
  readonly products: readonly Product[];
  readonly body: CheckoutBody;
  readonly idempotencyKey: string | null;
}

/** Refused before anything is stored, unless the key has its order already: the list may have changed since. */
export async function refuseUnknownProduct({ pool }: Pick<AppDeps, 'pool'>, wanted: Wanted): Promise<void> {
  const { owner, products, body, idempotencyKey: key } = wanted;
  if (products.some(({ id }) => id === body.product)) return;
  if (key !== null && (await findKeyedOrder(pool, { ...owner, key }))) return;
  throw unknownProduct(products);
}

export function unknownProduct(products: readonly Product[]) {
  return invalidField('product', `not sold here; expected one of ${products.map(({ id }) => id).join(', ')}`);
}

/** What is charged: what the caller says or, in catalogue mode, what the list says. */
export function chargedCents({ settings, metrics, log }: AppDeps, { owner, products, body }: Wanted): number {
  if (settings.priceMode === 'caller') return body.price_cents;
  const listed = listPrice(products, body.product, body.price_currency);
  if (listed === null) throw invalidField('price_currency', 'not on the price list of this product');
  if (listed !== body.price_cents) {
    metrics.priceOverrides.inc();
    const { product, price_cents: asked } = body;
    log.warn({ ...owner, product, asked, listed }, 'crypto_checkout_price_override_attempt');
  }
  return listed;
}
