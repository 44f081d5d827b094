import { listApiKeys } from '../../../db/accounts/api-keys.js';
import { beyond } from '../../../domain/access/scopes.js';
import { keyAnswerOf } from '../../accounts/account-answers.js';
import { makeKey } from '../../accounts/new-key.js';
import { revokeKey } from '../../accounts/revoke-key.js';
import { accountIdIn } from '../../accounts/account-id.js';
import { isWithin } from '../../orders/admin-order.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { forbidden } from '../../http/problem.js';
import { createdKeyAnswer, keyList, keysQuery, newKeyBody } from '../../schemas/accounts.js';
import { approvalAnswerOf, waitingKeyAnswer } from '../../schemas/approvals.js';
import { idParams } from '../../schemas/webhooks.js';
import { pathId } from '../../http/path-id.js';

const config = { permission: 'operator:read' } as const;
const changing = { permission: 'operator:keys' } as const;
const base = '/v1/admin/api-keys';

/** API keys: shown once, listed by their prefixes, revoked at once, since every call looks its key up. */
export const apiKeyRoutes: Routes = (app, deps) => {
  const { pool } = deps;
  const cursors = createCursors(deps, 'api-keys');

  app.post(
    base,
    { config: changing, schema: { body: newKeyBody, response: { 201: createdKeyAnswer, 202: waitingKeyAnswer } } },
    async (request, reply) => {
      const { account_id, mode, scopes, name, expires_at, operator, reason = null } = request.body;
      const caller = callerIn(request);
      if (!isWithin(reachIn(request), { mode })) throw forbidden('A test key makes test keys only.');
      const lacking = beyond(caller.scopes, scopes);
      if (lacking.length > 0) throw forbidden(`This key does not hold what it would give: ${lacking.join(', ')}.`);
      const accountId = account_id === null ? null : accountIdIn(account_id);
      // Whose it is, if nobody says: a key of operators is its maker's.
      const owner = operator ?? (accountId === null ? caller.person : null);
      const wanted = { accountId, mode, scopes, name, expiresAt: expires_at ?? null, operator: owner };
      const { key, outcome } = await makeKey(deps, wanted, { actor: caller.actor, reason });
      if (outcome.kind === 'waits') return reply.code(202).send({ ...approvalAnswerOf(outcome.approval), key });
      return reply.code(201).send({ ...keyAnswerOf(outcome.value), key });
    },
  );

  app.get(base, { config, schema: { querystring: keysQuery, response: { 200: keyList } } }, async (request) => {
    const { limit, cursor, account_id, mode } = request.query;
    const reach = reachIn(request);
    if (mode !== undefined && !isWithin(reach, { mode })) throw forbidden('A test key sees test keys only.');
    const filters = { accountId: account_id === undefined ? undefined : accountIdIn(account_id), mode: reach ?? mode };
    const page = await listApiKeys(pool, { filters, after: cursors.open({ filters }, cursor), limit });
    return { api_keys: page.rows.map(keyAnswerOf), next_cursor: cursors.seal({ filters }, page.next) };
  });

  app.delete(`${base}/:id`, { config: changing, schema: { params: idParams } }, async (request, reply) => {
    const id = pathId('key', request.params.id);
    const asker = { actor: callerIn(request).actor, reason: null };
    await revokeKey(deps, { id, isReached: (row) => isWithin(reachIn(request), row) }, asker);
    return reply.code(204).send();
  });
};
