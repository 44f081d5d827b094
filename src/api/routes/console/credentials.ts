import { z } from 'zod';
import { publicId } from '../../../domain/ids.js';
import { accountIdIn } from '../../accounts/account-id.js';
import { replaceCredentials } from '../../accounts/replace-credentials.js';
import { backWith } from '../../console/console-context.js';
import { formBasics, reasonField, wordOrNothing } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { accountParams, credentialFields } from '../../schemas/accounts.js';

const { mode, api_key, ipn_secret, email, payout_coin } = credentialFields;
const pairForm = z
  .object({
    ...formBasics,
    mode,
    api_key,
    ipn_secret,
    email: wordOrNothing.pipe(email.nullable()),
    password: z
      .string()
      .transform((typed) => typed || null)
      .pipe(credentialFields.password.nullable()),
    payout_coin: wordOrNothing.pipe(payout_coin.nullable()),
    reason: reasonField,
  })
  .refine(({ email, password }) => (email === null) === (password === null), {
    path: ['password'],
    error: 'expected email and password together, or neither',
  });

/** The pair that an account brings: written, never read. */
export const consoleCredentialRoutes: Routes = (console, deps) => {
  console.post(
    '/accounts/:id/credentials',
    {
      config: { ...forConsole('credentials:change'), confirmed: true },
      schema: { hide: true, params: accountParams, body: pairForm },
    },
    async (request, reply) => {
      const { mode, api_key, ipn_secret, email, password, payout_coin, reason } = request.body;
      const accountId = accountIdIn(request.params.id, 'id');
      const login = { email, password, payoutCoin: payout_coin };
      const pair = { accountId, mode, apiKey: api_key, ipnSecret: ipn_secret, ...login };
      const { kind } = await replaceCredentials(deps, pair, { actor: actorIn(request), reason });
      const text = kind === 'waits' ? 'Proposed. Another person must approve it.' : 'The pair is in force.';
      return backWith(reply, `/console/accounts/${publicId('account', accountId)}`, { tone: 'good', text });
    },
  );
};
