import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { accountNames, findAccount } from '../../../db/accounts/accounts.js';
import { listApiKeys } from '../../../db/accounts/api-keys.js';
import { listOperators } from '../../../db/support/operators.js';
import { allRights, beyond } from '../../../domain/access/scopes.js';
import { scopesWithin } from '../../../domain/access/operator.js';
import { modes, publicId } from '../../../domain/ids.js';
import { consoleKeysPage, type ConsoleKeysView } from '../../../web/console/accounts/console-keys-page.js';
import { accountIdIn } from '../../accounts/account-id.js';
import { makeKey } from '../../accounts/new-key.js';
import { revokeKey } from '../../accounts/revoke-key.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { formBack } from '../../console/console-path.js';
import { formBasics, reasonField, wordOrNothing } from '../../console/form-fields.js';
import type { AppDeps, Routes } from '../../deps.js';
import { createCursors } from '../../http/cursors.js';
import { pathId } from '../../http/path-id.js';
import { forbidden, notFound } from '../../http/problem.js';
import { actorIn, forConsole, sessionIn } from '../../plugins/console-session.js';
import { newKeyBody } from '../../schemas/accounts.js';
import { formCursor } from '../../schemas/text.js';
import { idParams } from '../../schemas/webhooks.js';

const pageSize = 50;
const { name, scopes } = newKeyBody.shape;

// Without an account: everybody's keys to look at, and those of operators to make.
const keysQuery = z.object({ account_id: wordOrNothing.default(null), cursor: formCursor });
const newForm = z.object({
  ...formBasics,
  account_id: wordOrNothing,
  mode: z.enum(modes),
  name,
  scopes: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((ticked) => [ticked].flat())
    .pipe(scopes),
  ends: wordOrNothing.pipe(z.iso.date().nullable()),
  operator: wordOrNothing.default(null),
  reason: reasonField,
});
const revokeForm = z.object(formBasics);

/** API keys. A new one is shown once, on the page that answers its form. */
export const consoleKeyRoutes: Routes = (console, deps) => {
  const guarded = { ...forConsole('api_key:change'), confirmed: true } as const;
  const keysView = createKeysView(deps);

  console.get(
    '/keys',
    { config: forConsole('page'), schema: { hide: true, querystring: keysQuery } },
    async (request, reply) => {
      const { account_id, cursor } = request.query;
      const accountId = account_id === null ? null : accountIdIn(account_id);
      const context = await consoleContext(deps, request, reply);
      return sendPage(reply, consoleKeysPage({ context, ...(await keysView(accountId, cursor)), made: null }));
    },
  );

  console.post('/keys', { config: guarded, schema: { hide: true, body: newForm } }, async (request, reply) => {
    const { account_id, mode, name, scopes, ends, operator, reason } = request.body;
    refuseMoreThanOneself(request, scopes);
    const accountId = account_id === null ? null : accountIdIn(account_id);
    const owner = accountId === null ? (operator ?? sessionIn(request).operator.name) : null;
    const expiresAt = ends && `${ends}T00:00:00.000Z`;
    const wanted = { accountId, mode, scopes, name, expiresAt, operator: owner };
    const { key, outcome } = await makeKey(deps, wanted, { actor: actorIn(request), reason });
    const context = await consoleContext(deps, request, reply);
    const made = { key, name, waits: outcome.kind === 'waits' };
    return sendPage(reply, consoleKeysPage({ context, ...(await keysView(accountId, undefined)), made }));
  });

  console.post(
    '/keys/:id/revoke',
    { config: forConsole('api_key:change'), schema: { hide: true, params: idParams, body: revokeForm } },
    async (request, reply) => {
      const id = pathId('key', request.params.id);
      await revokeKey(deps, { id, isReached: () => true }, { actor: actorIn(request), reason: null });
      return backWith(reply, formBack(request), { tone: 'good', text: 'The key opens nothing any more.' });
    },
  );
};

type KeysView = Omit<ConsoleKeysView, 'context' | 'made'>;

function createKeysView(deps: AppDeps) {
  const { pool, nowMs } = deps;
  const cursors = createCursors(deps, 'console/keys');

  return async (accountId: string | null, cursor: string | undefined): Promise<KeysView> => {
    const account = accountId === null ? null : await findAccount(pool, accountId);
    if (accountId !== null && !account) throw notFound();
    const filters = { accountId: accountId ?? undefined };
    const [page, operators] = await Promise.all([
      listApiKeys(pool, { filters, after: cursors.open({ filters }, cursor), limit: pageSize }),
      listOperators(pool),
    ]);
    const names = await accountNames(
      pool,
      page.rows.flatMap((row) => row.accountId ?? []),
    );
    const nowIso = new Date(nowMs()).toISOString();
    return {
      account: account && { id: publicId('account', account.id), name: account.name },
      keys: page.rows.map((row) => ({
        ...row,
        id: publicId('key', row.id),
        account: row.accountId && { id: publicId('account', row.accountId), name: names.get(row.accountId) ?? '' },
        isOver: row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= nowIso),
      })),
      operators: operators.filter(({ disabledAt }) => disabledAt === null).map((one) => one.name),
      nextCursor: cursors.seal({ filters }, page.next),
    };
  };
}

function refuseMoreThanOneself(request: FastifyRequest, scopes: readonly string[]): void {
  const lacking = beyond(scopesWithin(sessionIn(request).operator.role, [allRights]), scopes);
  if (lacking.length > 0) throw forbidden(`Your role does not hold what this key would: ${lacking.join(', ')}.`);
}
