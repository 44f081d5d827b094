import { z } from 'zod';
import { replaceCredentials } from '../../accounts/replace-credentials.js';
import { accountIdIn } from '../../accounts/account-id.js';
import type { Routes } from '../../deps.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { forbidden } from '../../http/problem.js';
import { accountParams, credentialsBody } from '../../schemas/accounts.js';
import { approvalAnswer, approvalAnswerOf } from '../../schemas/approvals.js';

/** The pair that an account brings: written, never read. The one before it still reads, and hears of, what it minted. */
export const credentialRoutes: Routes = (app, deps) => {
  app.put(
    '/v1/admin/accounts/:id/provider-credentials',
    {
      config: { permission: 'operator:credentials' },
      schema: { params: accountParams, body: credentialsBody, response: { 202: approvalAnswer, 204: z.undefined() } },
    },
    async (request, reply) => {
      const { mode, api_key, ipn_secret, email, password, payout_coin, reason } = request.body;
      if ((reachIn(request) ?? mode) !== mode) throw forbidden('A test key replaces test pairs only.');
      const id = accountIdIn(request.params.id, 'id');
      const login = { email: email ?? null, password: password ?? null, payoutCoin: payout_coin ?? null };
      const pair = {
        accountId: id,
        mode,
        apiKey: api_key,
        ipnSecret: ipn_secret,
        ...login,
      };
      const outcome = await replaceCredentials(deps, pair, { actor: callerIn(request).actor, reason: reason ?? null });
      if (outcome.kind === 'waits') return reply.code(202).send(approvalAnswerOf(outcome.approval));
      return reply.code(204).send(undefined);
    },
  );
};
