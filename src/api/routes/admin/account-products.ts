import { productsOf } from '../../../db/accounts/products.js';
import { accountIdIn, accountIn } from '../../accounts/account-id.js';
import { changeProducts, productsAnswerOf } from '../../accounts/account-products.js';
import type { Routes } from '../../deps.js';
import { callerIn } from '../../plugins/auth.js';
import { accountParams } from '../../schemas/accounts.js';
import { adminProductsBody, productsAnswer } from '../../schemas/account/products.js';

const url = '/v1/admin/accounts/:id/products';
const reading = { permission: 'operator:read' } as const;
const changing = { permission: 'operator:accounts', forLive: true } as const;
const schema = { params: accountParams, response: { 200: productsAnswer } };

/** What accounts sell, for operators. */
export const adminProductRoutes: Routes = (app, deps) => {
  app.get(url, { config: reading, schema }, async (request) => {
    const { id } = await accountIn(deps.pool, request.params.id);
    return productsAnswerOf(deps, await productsOf(deps.pool, id));
  });

  app.put(url, { config: changing, schema: { ...schema, body: adminProductsBody } }, async (request) => {
    const { products, reason = null } = request.body;
    const asker = { actor: callerIn(request).actor, reason };
    const id = accountIdIn(request.params.id, 'id');
    return productsAnswerOf(deps, await changeProducts(deps, id, () => products, asker));
  });
};
