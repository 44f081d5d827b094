import { listAccounts } from '../../../db/accounts/accounts.js';
import { accountAnswerOf, accountAnswers } from '../../accounts/account-answers.js';
import { changeAccount, createAccount } from '../../accounts/change-account.js';
import { accountIdIn, accountIn } from '../../accounts/account-id.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { callerIn } from '../../plugins/auth.js';
import {
  accountAnswer,
  accountChangeBody,
  accountList,
  accountParams,
  newAccountBody,
  pageQuery,
} from '../../schemas/accounts.js';

const config = { permission: 'operator:read' } as const;
const changing = { permission: 'operator:accounts', forLive: true } as const;
const base = '/v1/admin/accounts';
const scope = { filters: {} };

/** The tenants and their settings. */
export const accountRoutes: Routes = (app, deps) => {
  const { pool } = deps;
  const cursors = createCursors(deps, 'accounts');

  app.post(
    base,
    { config: changing, schema: { body: newAccountBody, response: { 201: accountAnswer } } },
    async (request, reply) => {
      const { name, settings, reason = null } = request.body;
      const created = await createAccount(deps, { name, settings }, { actor: callerIn(request).actor, reason });
      return reply.code(201).send(await accountAnswerOf(deps, created));
    },
  );

  app.get(base, { config, schema: { querystring: pageQuery, response: { 200: accountList } } }, async (request) => {
    const { limit, cursor } = request.query;
    const page = await listAccounts(pool, { after: cursors.open(scope, cursor), limit });
    return { accounts: await accountAnswers(deps, page.rows), next_cursor: cursors.seal(scope, page.next) };
  });

  app.get(
    `${base}/:id`,
    { config, schema: { params: accountParams, response: { 200: accountAnswer } } },
    async (request) => accountAnswerOf(deps, await accountIn(pool, request.params.id)),
  );

  app.patch(
    `${base}/:id`,
    { config: changing, schema: { params: accountParams, body: accountChangeBody, response: { 200: accountAnswer } } },
    async (request) => {
      const { name, settings, reason = null } = request.body;
      const id = accountIdIn(request.params.id, 'id');
      const after = await changeAccount(deps, { id, name, settings }, { actor: callerIn(request).actor, reason });
      return accountAnswerOf(deps, after);
    },
  );
};
