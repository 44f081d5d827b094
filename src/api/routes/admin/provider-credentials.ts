import { lockAccount } from '../../../db/accounts/accounts.js';
import { appendAudit } from '../../../db/support/audit-log.js';
import { storeCredentials } from '../../../db/secrets/provider-credentials.js';
import { inTransaction } from '../../../db/query.js';
import { publicId } from '../../../domain/ids.js';
import { keyLabel } from '../../../gateway/provider-account.js';
import { accountIdIn } from '../../accounts/account-id.js';
import type { Routes } from '../../deps.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { forbidden, notFound } from '../../http/problem.js';
import { accountParams, credentialsBody } from '../../schemas/accounts.js';

/** The pair that an account brings: written, never read. The one before it still reads, and hears of, what it minted. */
export const credentialRoutes: Routes = (app, { pool, keyring }) => {
  app.put(
    '/v1/admin/accounts/:id/provider-credentials',
    { config: { permission: 'operator:credentials' }, schema: { params: accountParams, body: credentialsBody } },
    async (request, reply) => {
      const { mode, api_key, ipn_secret, email, password, payout_coin, reason } = request.body;
      if ((reachIn(request) ?? mode) !== mode) throw forbidden('A test key replaces test pairs only.');
      const id = accountIdIn(request.params.id, 'id');
      await inTransaction(pool, async (db) => {
        if (!(await lockAccount(db, id))) throw notFound();
        const label = keyLabel(api_key);
        const login = { email: email ?? null, password: password ?? null, payoutCoin: payout_coin ?? null };
        const pair = { accountId: id, mode, keyLabel: label, apiKey: api_key, ipnSecret: ipn_secret, ...login };
        const { retired } = await storeCredentials(db, keyring, pair);
        await appendAudit(db, {
          actor: callerIn(request).actor,
          action: 'account.credentials_replaced',
          reason: reason ?? null,
          accountId: id,
          subject: publicId('account', id),
          before: { mode, key_label: retired },
          after: { mode, key_label: label, with_login: email != null, payout_coin: login.payoutCoin },
        });
      });
      return reply.code(204).send();
    },
  );
};
