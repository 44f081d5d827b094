import { z } from 'zod';
import { listAccounts } from '../../../db/accounts/accounts.js';
import { currentPairs } from '../../../db/secrets/provider-credentials.js';
import { publicId } from '../../../domain/ids.js';
import { consoleAccountPage } from '../../../web/console/accounts/console-account-page.js';
import { consoleAccountsPage } from '../../../web/console/accounts/console-accounts-page.js';
import { accountAnswerOf, accountAnswers } from '../../accounts/account-answers.js';
import { accountIdIn, accountIn } from '../../accounts/account-id.js';
import { changeAccount, createAccount } from '../../accounts/change-account.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { formBasics, numberOrNothing, reasonField, wordOrNothing, yesNoOrNothing } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { createCursors } from '../../http/cursors.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { accountParams, newAccountBody, settingFields } from '../../schemas/accounts.js';
import { formCursor } from '../../schemas/text.js';

const pageSize = 50;
const scope = { filters: {} };
const { name } = newAccountBody.shape;

/** The settings as their form sends them: what is left empty takes its default. */
const settingsForm = {
  provider: wordOrNothing.pipe(settingFields.provider.nullable()),
  default_pay_currency: wordOrNothing.pipe(settingFields.default_pay_currency.nullable()),
  strict_idempotency: yesNoOrNothing,
  max_unpaid_24h: numberOrNothing.pipe(settingFields.max_unpaid_24h.nullable()),
  max_pending: numberOrNothing.pipe(settingFields.max_pending.nullable()),
  max_mints_24h: numberOrNothing.pipe(settingFields.max_mints_24h.nullable()),
  min_charge: numberOrNothing.transform((typed): unknown => typed).pipe(settingFields.min_charge.nullable()),
  rate_limit: numberOrNothing.pipe(settingFields.rate_limit.nullable()),
};
const newForm = z.object({ ...formBasics, name, provider: settingsForm.provider, reason: reasonField });
const changeForm = z.object({ ...formBasics, name, ...settingsForm, reason: reasonField });

/** The merchants. Whose wallet gets their coins is for who has just shown that it is him. */
export const consoleAccountRoutes: Routes = (console, deps) => {
  const { pool } = deps;
  const cursors = createCursors(deps, 'console/accounts');
  const guarded = { ...forConsole('account:change'), confirmed: true } as const;

  console.get(
    '/accounts',
    { config: forConsole('page'), schema: { hide: true, querystring: z.object({ cursor: formCursor }) } },
    async (request, reply) => {
      const page = await listAccounts(pool, { after: cursors.open(scope, request.query.cursor), limit: pageSize });
      const accounts = (await accountAnswers(deps, page.rows)).map((account) => ({
        ...account,
        createdAt: account.created_at,
      }));
      const context = await consoleContext(deps, request, reply);
      return sendPage(reply, consoleAccountsPage({ context, accounts, nextCursor: cursors.seal(scope, page.next) }));
    },
  );

  console.post('/accounts', { config: guarded, schema: { hide: true, body: newForm } }, async (request, reply) => {
    const { name, provider, reason } = request.body;
    const { id } = await createAccount(deps, { name, settings: { provider } }, { actor: actorIn(request), reason });
    const text = 'The account is made. It has no key yet.';
    return backWith(reply, `/console/accounts/${publicId('account', id)}`, { tone: 'good', text });
  });

  console.get(
    '/accounts/:id',
    { config: forConsole('page'), schema: { hide: true, params: accountParams } },
    async (request, reply) => {
      const row = await accountIn(pool, request.params.id);
      const { id, provider } = await accountAnswerOf(deps, row);
      const pairs = await currentPairs(pool, [row.id]);
      const context = await consoleContext(deps, request, reply);
      return sendPage(reply, consoleAccountPage({ context, account: { ...row, id }, provider, pairs }));
    },
  );

  console.post(
    '/accounts/:id',
    { config: guarded, schema: { hide: true, params: accountParams, body: changeForm } },
    async (request, reply) => {
      const { csrf: _, back: __, name, reason, ...settings } = request.body;
      const id = accountIdIn(request.params.id, 'id');
      await changeAccount(deps, { id, name, settings }, { actor: actorIn(request), reason });
      const text = 'The settings are in force.';
      return backWith(reply, `/console/accounts/${publicId('account', id)}`, { tone: 'good', text });
    },
  );
};
