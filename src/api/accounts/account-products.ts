import { isDeepStrictEqual } from 'node:util';
import { lockAccount } from '../../db/accounts/accounts.js';
import { productsOf, writeProducts } from '../../db/accounts/products.js';
import { inTransaction } from '../../db/query.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { publicId } from '../../domain/ids.js';
import type { Product } from '../../domain/merchant/products.js';
import type { AppDeps } from '../deps.js';
import { notFound } from '../http/problem.js';
import type { Asker } from './new-key.js';

type OwnList = readonly Product[] | null;

/** Puts another list in the place of the one of now; an empty one is none, so that what the installation lists is sold. */
export function changeProducts(
  { pool }: Pick<AppDeps, 'pool'>,
  accountId: string,
  change: (before: OwnList) => readonly Product[],
  { actor, reason }: Asker,
): Promise<OwnList> {
  return inTransaction(pool, async (db) => {
    if (!(await lockAccount(db, accountId))) throw notFound();
    const before = await productsOf(db, accountId);
    const said = change(before);
    const wanted = said.length === 0 ? null : said;
    if (isDeepStrictEqual(before, wanted)) return before; // nothing changes, nothing is audited
    const after = await writeProducts(db, accountId, wanted);
    const subject = publicId('account', accountId);
    const entry = { actor, action: 'account.products_updated', reason, accountId, subject };
    await appendAudit(db, { ...entry, before: byId(before), after: byId(after) });
    return after;
  });
}

function byId(list: OwnList): object {
  return Object.fromEntries((list ?? []).map(({ id, ...said }) => [id, said]));
}

export function productsAnswerOf({ settings }: Pick<AppDeps, 'settings'>, own: OwnList) {
  return { products: [...(own ?? settings.products)], is_own: own !== null };
}
