import { LRUCache } from 'lru-cache';
import type { Product } from '../../domain/merchant/products.js';
import type { Database, Pool } from '../pool.js';
import { many, maybeOne, one } from '../query.js';

/** What an account lists itself; null: what the installation lists. */
export async function productsOf(db: Database, accountId: string): Promise<readonly Product[] | null> {
  const row = await maybeOne<{ products: readonly Product[] | null }>(
    db,
    'select products from accounts where id = $1',
    [accountId],
  );
  return row?.products ?? null;
}

export async function writeProducts(
  db: Database,
  accountId: string,
  products: readonly Product[] | null,
): Promise<readonly Product[] | null> {
  const written = await one<{ products: readonly Product[] | null }>(
    db,
    `update accounts set products = $2, products_version = products_version + 1, updated_at = now() where id = $1
     returning products`,
    [accountId, products && JSON.stringify(products)],
  );
  return written.products;
}

/** The lists of several accounts; who has none is left out. */
export async function productsOfAll(
  db: Database,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Product[]>> {
  const rows = await many<{ id: string; products: readonly Product[] }>(
    db,
    'select id, products from accounts where id = any ($1) and products is not null',
    [[...new Set(accountIds)]],
  );
  return new Map(rows.map(({ id, products }) => [id, products]));
}

const most = 1_000; // accounts

/**
 * Lists that were read before, each under its version. A caller's key brings the version of now, so that a list which was
 * changed is never taken for the one of now, and one which was not costs no statement.
 */
export function createKeptProducts(pool: Pool) {
  const kept = new LRUCache<string, { readonly list: readonly Product[] | null }, string>({
    max: most,
    fetchMethod: async (_key, _old, { context: accountId }) => ({ list: await productsOf(pool, accountId) }),
  });

  return async (accountId: string, version: number): Promise<readonly Product[] | null> =>
    version === 0 ? null : (await kept.forceFetch(`${accountId}/${version}`, { context: accountId })).list;
}
