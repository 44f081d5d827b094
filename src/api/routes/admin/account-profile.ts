import { profileOf } from '../../../db/accounts/profiles.js';
import { accountIdIn, accountIn } from '../../accounts/account-id.js';
import { changeProfile, profileAnswerOf } from '../../accounts/account-profile.js';
import type { Routes } from '../../deps.js';
import { callerIn } from '../../plugins/auth.js';
import { accountParams } from '../../schemas/accounts.js';
import { adminProfileBody, profileAnswer, profileQuery } from '../../schemas/account/profiles.js';

const url = '/v1/admin/accounts/:id/profile';
const reading = { permission: 'operator:read' } as const;
const changing = { permission: 'operator:accounts', forLive: true } as const;
const schema = { params: accountParams, querystring: profileQuery, response: { 200: profileAnswer } };

/** How accounts show themselves, for operators. */
export const adminProfileRoutes: Routes = (app, deps) => {
  app.get(url, { config: reading, schema }, async (request) => {
    const { id: accountId } = await accountIn(deps.pool, request.params.id);
    const owner = { accountId, mode: request.query.mode };
    return profileAnswerOf(deps, owner, await profileOf(deps.pool, owner));
  });

  app.patch(url, { config: changing, schema: { ...schema, body: adminProfileBody } }, async (request) => {
    const { reason = null, ...change } = request.body;
    const owner = { accountId: accountIdIn(request.params.id, 'id'), mode: request.query.mode };
    const asker = { actor: callerIn(request).actor, reason };
    return profileAnswerOf(deps, owner, await changeProfile(deps, owner, change, asker));
  });
};
