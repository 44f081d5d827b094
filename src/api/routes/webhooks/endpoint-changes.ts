import { isDeepStrictEqual } from 'node:util';
import { randomUUID } from 'node:crypto';
import { appendAudit } from '../../../db/support/audit-log.js';
import { databaseNow } from '../../../db/clock.js';
import { makeWaitingDue } from '../../../db/deliveries/deliveries.js';
import { recentPings } from '../../../db/deliveries/delivery-log.js';
import { insertDelivery, insertOutgoingEvent } from '../../../db/deliveries/outgoing-events.js';
import type { Database } from '../../../db/pool.js';
import { inTransaction } from '../../../db/query.js';
import { sealedAsFormer } from '../../../db/secrets/endpoint-secrets.js';
import { seal, secretPurpose } from '../../../db/secrets/seal.js';
import {
  lockEndpoint,
  rotateSecret,
  updateEndpoint,
  type EndpointRow,
} from '../../../db/deliveries/webhook-endpoints.js';
import { publicId } from '../../../domain/ids.js';
import { eventBody } from '../../../domain/outgoing-event.js';
import { newWebhookSecret, secretPrefix } from '../../../webhooks/sign.js';
import type { Routes } from '../../deps.js';
import { callerIn, ownerIn, type Owner } from '../../plugins/auth.js';
import { conflict, notFound, rateLimited } from '../../http/problem.js';
import { endpointAnswer, idParams, pingAnswer, rotatedAnswer, updateBody } from '../../schemas/webhooks.js';
import { pathId } from '../../http/path-id.js';
import { auditedEndpoint, endpointAnswer as answerFor } from '../../webhooks/webhook-answers.js';
import { endpointsPath, refuseBadTarget, refuseIdle, takePlace } from './endpoints.js';

const pingsPerMinute = 10;
const ping = 'test.ping';

export const endpointChangeRoutes: Routes = (app, deps) => {
  const { pool, wakeRetries } = deps;

  app.patch(
    `${endpointsPath}/:id`,
    {
      config: { permission: 'webhooks:write' },
      schema: { params: idParams, body: updateBody, response: { 200: endpointAnswer } },
    },
    async (request) => {
      const owner = ownerIn(request);
      const { actor } = callerIn(request);
      const id = pathId('endpoint', request.params.id);
      const { url, events, payload, description, active } = request.body;
      if (url !== undefined) await refuseBadTarget(deps, url);
      const { after, turned } = await inTransaction(pool, async (db) => {
        const before = active ? await placeFor(db, owner, id) : await lockLiving(db, owner, id);
        const enable = active === true && before.disabledAt !== null;
        const next = {
          url: url ?? before.url,
          events: events ?? before.events,
          payload: payload ?? before.payload,
          description: description === undefined ? before.description : description,
          active: active ?? before.active,
        };
        const present = {
          url: before.url,
          events: before.events,
          payload: before.payload,
          description: before.description,
          active: before.active,
        };
        if (!enable && isDeepStrictEqual(next, present)) return { after: before, turned: false }; // nothing changes
        const row = await updateEndpoint(db, id, { ...next, enable });
        const isResume = active === true && (enable || !before.active);
        if (isResume) await makeWaitingDue(db, id);
        await appendAudit(db, {
          ...audited('updated', { actor, owner, id }),
          before: auditedEndpoint(before),
          after: auditedEndpoint(row),
        });
        return { after: row, turned: isResume || row.active !== before.active };
      });
      if (turned) void wakeRetries(id);
      return answerFor(pool, after);
    },
  );

  rotation(app, deps);
  testPing(app, deps);
};

const rotation: Routes = (app, { pool, keyring }) => {
  app.post(
    `${endpointsPath}/:id/rotate-secret`,
    { config: { permission: 'webhooks:write' }, schema: { params: idParams, response: { 200: rotatedAnswer } } },
    async (request) => {
      const owner = ownerIn(request);
      const { actor } = callerIn(request);
      const id = pathId('endpoint', request.params.id);
      const secret = newWebhookSecret();
      const secretSealed = seal(keyring, secretPurpose(id, 'secret_sealed'), secret);
      const row = await inTransaction(pool, async (db) => {
        const before = auditedEndpoint(await lockLiving(db, owner, id));
        const formerSealed = await sealedAsFormer(db, keyring, id);
        const after = await rotateSecret(db, id, { secretSealed, secretPrefix: secretPrefix(secret), formerSealed });
        await appendAudit(db, {
          ...audited('secret_rotated', { actor, owner, id }),
          before,
          after: auditedEndpoint(after),
        });
        return after;
      });
      return {
        id: publicId('endpoint', id),
        secret,
        secret_prefix: row.secretPrefix,
        prev_secret_prefix: row.prevSecretPrefix ?? '', // a rotation has just set both
        grace_expires_at: row.graceExpiresAt ?? '',
      };
    },
  );
};

const testPing: Routes = (app, { pool }) => {
  app.post(
    `${endpointsPath}/:id/test`,
    { config: { permission: 'webhooks:write' }, schema: { params: idParams, response: { 202: pingAnswer } } },
    async (request, reply) => {
      const owner = ownerIn(request);
      const id = pathId('endpoint', request.params.id);
      const sent = await inTransaction(pool, async (db) => {
        const endpoint = await lockEndpoint(db, owner, id); // pings to one endpoint are counted one after the other
        if (!endpoint) throw notFound();
        refuseIdle(endpoint);
        const { count, freeInMs } = await recentPings(db, id);
        if (count >= pingsPerMinute) throw rateLimited('At most 10 test pings a minute per endpoint.', freeInMs / 1000);
        return sendPing(db, owner, id);
      });
      return reply.code(202).send(sent);
    },
  );
};

/** An endpoint that can still change, locked. */
async function lockLiving(db: Database, owner: Owner, id: string): Promise<EndpointRow> {
  const endpoint = await lockEndpoint(db, owner, id);
  if (!endpoint) throw notFound();
  if (endpoint.disabledReason !== 'deleted') return endpoint;
  throw conflict('The endpoint is deleted.', { resource: 'webhook_endpoint', field: 'disabled_at' });
}

/** The endpoint, locked; a disabled one that comes back needs a place among those in service. */
async function placeFor(db: Database, owner: Owner, id: string): Promise<EndpointRow> {
  const endpoint = await lockLiving(db, owner, id);
  if (endpoint.disabledAt !== null) await takePlace(db, owner);
  return endpoint;
}

function audited(change: string, { actor, owner, id }: { actor: string; owner: Owner; id: string }) {
  return {
    actor,
    action: `webhook_endpoint.${change}`,
    accountId: owner.accountId,
    subject: publicId('endpoint', id),
  };
}

async function sendPing(db: Database, owner: Owner, endpointId: string) {
  const createdAt = await databaseNow(db);
  const id = randomUUID();
  const body = eventBody({ id, type: ping, createdAt, data: { webhook_id: publicId('endpoint', endpointId) } });
  await insertOutgoingEvent(db, { id, ...owner, orderId: null, type: ping, body, createdAt });
  const deliveryId = await insertDelivery(db, { eventId: id, endpointId });
  return { delivery_id: publicId('delivery', deliveryId), event_id: id, event_type: ping } as const;
}
