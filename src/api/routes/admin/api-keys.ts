import { randomUUID } from 'node:crypto';
import { findAccount } from '../../../db/accounts/accounts.js';
import { findApiKey, insertApiKey, listApiKeys, revokeApiKey, type ApiKeyRow } from '../../../db/accounts/api-keys.js';
import { appendAudit } from '../../../db/support/audit-log.js';
import { databaseNow } from '../../../db/clock.js';
import { inTransaction } from '../../../db/query.js';
import { beyond, isOfOperators } from '../../../domain/access/scopes.js';
import { publicId } from '../../../domain/ids.js';
import { keyAnswerOf } from '../../accounts/account-answers.js';
import { accountIdIn } from '../../accounts/account-id.js';
import { isWithin } from '../../orders/admin-order.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { mintKey } from '../../http/keys.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { forbidden, invalidField, notFound } from '../../http/problem.js';
import { createdKeyAnswer, keyList, keysQuery, newKeyBody } from '../../schemas/accounts.js';
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
    { config: changing, schema: { body: newKeyBody, response: { 201: createdKeyAnswer } } },
    async (request, reply) => {
      const { account_id, mode, scopes, name, expires_at, reason } = request.body;
      const accountId = account_id === null ? null : accountIdIn(account_id);
      if (scopes.some(isOfOperators) !== (accountId === null)) {
        throw invalidField('account_id', "null for a key with an operator's scope, and for no other key");
      }
      if (!isWithin(reachIn(request), { mode })) throw forbidden('A test key makes test keys only.');
      const lacking = beyond(callerIn(request).scopes, scopes);
      if (lacking.length > 0) throw forbidden(`This key does not hold what it would give: ${lacking.join(', ')}.`);
      const { key, prefix, sha256 } = mintKey(mode);
      const created = await inTransaction(pool, async (db) => {
        if (accountId !== null && !(await findAccount(db, accountId)))
          throw invalidField('account_id', 'no such account');
        if (expires_at != null && expires_at <= (await databaseNow(db))) {
          throw invalidField('expires_at', 'expected an instant in the future');
        }
        const given = { accountId, mode, prefix, sha256, scopes, name, expiresAt: expires_at ?? null };
        const row = await insertApiKey(db, { id: randomUUID(), ...given });
        const entry = { actor: callerIn(request).actor, action: 'api_key.created', reason: reason ?? null };
        await appendAudit(db, { ...entry, ...subjectOf(row), before: null, after: audited(row) });
        return row;
      });
      return reply.code(201).send({ ...keyAnswerOf(created), key });
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
    await inTransaction(pool, async (db) => {
      const before = await findApiKey(db, id);
      if (!before || !isWithin(reachIn(request), before)) throw notFound();
      if ((await revokeApiKey(db, id)) === 0) return; // revoked already: nothing changes, nothing is audited
      const after = await findApiKey(db, id);
      const entry = { actor: callerIn(request).actor, action: 'api_key.revoked', ...subjectOf(before) };
      await appendAudit(db, { ...entry, before: audited(before), after: after && audited(after) });
    });
    return reply.code(204).send();
  });
};

function subjectOf({ id, accountId }: ApiKeyRow) {
  return { accountId, subject: publicId('key', id) };
}

function audited({ mode, prefix, scopes, name, expiresAt, revokedAt }: ApiKeyRow): object {
  return { mode, prefix, scopes, name, expires_at: expiresAt, revoked_at: revokedAt };
}
