import { productsOf } from '../../../db/accounts/products.js';
import { changeProducts, productsAnswerOf } from '../../accounts/account-products.js';
import type { Routes } from '../../deps.js';
import { callerIn, ownerIn } from '../../plugins/auth.js';
import { productsAnswer, productsBody } from '../../schemas/account/products.js';

const url = '/v1/account/products';
const response = { 200: productsAnswer };
const changing = { permission: 'account:write', forLive: true } as const;

/** What the account of the key sells, in both modes. */
export const productRoutes: Routes = (app, deps) => {
  app.get(url, { config: { permission: 'account:read' }, schema: { response } }, async (request) =>
    productsAnswerOf(deps, await productsOf(deps.pool, ownerIn(request).accountId)),
  );

  app.put(url, { config: changing, schema: { body: productsBody, response } }, async (request) => {
    const { products } = request.body;
    const asker = { actor: callerIn(request).actor, reason: null };
    return productsAnswerOf(deps, await changeProducts(deps, ownerIn(request).accountId, () => products, asker));
  });
};
