import { z } from 'zod';
import { productsOf } from '../../../db/accounts/products.js';
import { publicId } from '../../../domain/ids.js';
import type { Product } from '../../../domain/merchant/products.js';
import { consoleProductsPage, productsPath } from '../../../web/console/accounts/console-products-page.js';
import { accountIdIn, accountIn } from '../../accounts/account-id.js';
import { changeProducts, productsAnswerOf } from '../../accounts/account-products.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { formBasics, reasonField } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { invalidField } from '../../http/problem.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { product, productId, productsBody } from '../../schemas/account/products.js';
import { accountParams } from '../../schemas/accounts.js';

const url = '/accounts/:id/products';

/** Lines such as `en: Team manual`, as a map. */
const mapOfLines = z.string().transform((typed, context): Record<string, string> => {
  const lines = typed.split(/\r?\n/).filter((line) => line.trim() !== '');
  const pairs = lines.map((line) =>
    /^\s*(\w+)\s*:(.*)$/
      .exec(line)
      ?.slice(1)
      .map((word) => word.trim()),
  );
  if (pairs.some((pair) => pair === undefined))
    context.addIssue('expected lines such as en: Team manual, or USD: 24900');
  return Object.fromEntries(pairs.flatMap((pair) => (pair === undefined ? [] : [[pair[0], pair[1]]])));
});

const productForm = z.object({
  ...formBasics,
  act: z.enum(['keep', 'remove']),
  id: z.string().trim().pipe(productId),
  names: mapOfLines.pipe(product.shape.names.unwrap()),
  prices: mapOfLines.transform((prices) =>
    Object.fromEntries(
      Object.entries(prices).map(([code, cents]) => [code, /^\d{1,10}$/.test(cents) ? Number(cents) : NaN]),
    ),
  ),
  reason: reasonField,
});

/** What accounts sell. A new price is for who has just shown that it is him. */
export const consoleProductRoutes: Routes = (console, deps) => {
  console.get(
    url,
    { config: forConsole('page'), schema: { hide: true, params: accountParams } },
    async (request, reply) => {
      const account = await accountIn(deps.pool, request.params.id);
      const { products, is_own: isOwn } = productsAnswerOf(deps, await productsOf(deps.pool, account.id));
      const context = await consoleContext(deps, request, reply);
      const shown = { id: publicId('account', account.id), name: account.name };
      return sendPage(reply, consoleProductsPage({ context, account: shown, products, isOwn }));
    },
  );

  console.post(
    url,
    {
      config: { ...forConsole('account:change'), confirmed: true },
      schema: { hide: true, params: accountParams, body: productForm },
    },
    async (request, reply) => {
      const { act, id, names, prices, reason } = request.body;
      const accountId = accountIdIn(request.params.id, 'id');
      const kept = act === 'keep' ? productIn({ id, names, prices }) : null;
      const asker = { actor: actorIn(request), reason };
      await changeProducts(deps, accountId, (before) => listWith(before ?? [], id, kept), asker);
      const text = kept === null ? `${id} is no longer sold.` : `${id} is sold as it says here from now on.`;
      return backWith(reply, productsPath(publicId('account', accountId)), { tone: 'good', text });
    },
  );
};

function productIn(given: object): Product {
  const read = product.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw invalidField(String(issue?.path[0] ?? 'product'), issue?.message ?? 'cannot be read');
}

/** The list with one product kept in its place, or taken away. */
function listWith(before: readonly Product[], id: string, kept: Product | null): readonly Product[] {
  const isThere = before.some((each) => each.id === id);
  if (kept === null && !isThere) throw invalidField('id', 'not on the list');
  const after = isThere
    ? before.flatMap((each) => (each.id === id ? (kept ?? []) : each))
    : [...before, ...(kept === null ? [] : [kept])];
  const read = productsBody.safeParse({ products: after });
  if (!read.success) throw invalidField('id', read.error.issues[0]?.message ?? 'cannot be kept');
  return read.data.products;
}
