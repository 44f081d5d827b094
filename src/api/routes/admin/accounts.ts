import { isDeepStrictEqual } from 'node:util';
import { randomUUID } from 'node:crypto';
import {
  findAccount,
  insertAccount,
  listAccounts,
  lockAccount,
  updateAccount,
  type AccountRow,
} from '../../../db/accounts/accounts.js';
import { appendAudit } from '../../../db/support/audit-log.js';
import type { Database } from '../../../db/pool.js';
import { inTransaction } from '../../../db/query.js';
import type { AccountSettings } from '../../../domain/account.js';
import { publicId } from '../../../domain/ids.js';
import { accountAnswerOf, accountAnswers } from '../../accounts/account-answers.js';
import { accountIdIn } from '../../accounts/account-id.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { callerIn } from '../../plugins/auth.js';
import { notFound } from '../../http/problem.js';
import {
  accountAnswer,
  accountChangeBody,
  accountList,
  accountParams,
  newAccountBody,
  pageQuery,
  type SettingsChange,
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
      const { name, settings, reason } = request.body;
      const created = await inTransaction(pool, async (db) => {
        const row = await insertAccount(db, { id: randomUUID(), name, settings: changed({}, settings) });
        const entry = { actor: callerIn(request).actor, action: 'account.created', reason: reason ?? null };
        await appendAudit(db, { ...entry, ...subjectOf(row), before: null, after: audited(row) });
        return row;
      });
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
      const { name, settings = {}, reason } = request.body;
      const id = accountIdIn(request.params.id, 'id');
      const after = await inTransaction(pool, async (db) => {
        const before = await lockAccount(db, id);
        if (!before) throw notFound();
        const next = { id, name: name ?? before.name, settings: changed(before.settings, settings) };
        if (isDeepStrictEqual(audited(before), audited(next))) return before; // nothing changes, nothing is audited
        const row = await updateAccount(db, next);
        const entry = { actor: callerIn(request).actor, action: 'account.updated', reason: reason ?? null };
        await appendAudit(db, { ...entry, ...subjectOf(row), before: audited(before), after: audited(row) });
        return row;
      });
      return accountAnswerOf(deps, after);
    },
  );
};

async function accountIn(db: Database, id: string): Promise<AccountRow> {
  const account = await findAccount(db, accountIdIn(id, 'id'));
  if (!account) throw notFound();
  return account;
}

/** The stored settings after a change: null takes one back to its default. */
function changed(before: Partial<AccountSettings>, change: SettingsChange): Partial<AccountSettings> {
  const entries = Object.entries({ ...before, ...change }).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries); // of names and types that the schema has checked
}

function subjectOf({ id }: AccountRow) {
  return { accountId: id, subject: publicId('account', id) };
}

function audited({ name, settings }: Pick<AccountRow, 'name' | 'settings'>): object {
  return { name, settings };
}
