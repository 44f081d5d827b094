import { profileOf } from '../../../db/accounts/profiles.js';
import { changeProfile, profileAnswerOf } from '../../accounts/account-profile.js';
import type { Routes } from '../../deps.js';
import { callerIn, ownerIn } from '../../plugins/auth.js';
import { profileAnswer, profileBody } from '../../schemas/account/profiles.js';

const url = '/v1/account/profile';
const response = { 200: profileAnswer };

/** How the account of the key shows itself, in the mode of the key. */
export const profileRoutes: Routes = (app, deps) => {
  app.get(url, { config: { permission: 'account:read' }, schema: { response } }, async (request) => {
    const owner = ownerIn(request);
    return profileAnswerOf(deps, owner, await profileOf(deps.pool, owner));
  });

  app.patch(
    url,
    { config: { permission: 'account:write' }, schema: { body: profileBody, response } },
    async (request) => {
      const owner = ownerIn(request);
      const asker = { actor: callerIn(request).actor, reason: null };
      return profileAnswerOf(deps, owner, await changeProfile(deps, owner, request.body, asker));
    },
  );
};
