import { randomUUID } from 'node:crypto';
import { appendAudit } from '../../../db/support/audit-log.js';
import { layAside } from '../../../db/deliveries/deliveries.js';
import type { Database } from '../../../db/pool.js';
import { inTransaction } from '../../../db/query.js';
import { seal, secretPurpose } from '../../../db/secrets/seal.js';
import {
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  lockEndpoint,
  lockEndpointCount,
  markEndpointDeleted,
  mostEndpoints,
  type EndpointRow,
} from '../../../db/deliveries/webhook-endpoints.js';
import { publicId } from '../../../domain/ids.js';
import { newWebhookSecret, secretPrefix } from '../../../webhooks/sign.js';
import type { AppDeps, Routes } from '../../deps.js';
import { callerIn, ownerIn, type Owner } from '../../plugins/auth.js';
import { badRequest, conflict, invalidField, notFound } from '../../http/problem.js';
import { createBody, createdAnswer, endpointAnswer, endpointList, idParams } from '../../schemas/webhooks.js';
import { pathId } from '../../http/path-id.js';
import { auditedEndpoint, endpointAnswer as answerFor, endpointAnswers } from '../../webhooks/webhook-answers.js';

export const endpointsPath = '/v1/webhooks';

export const endpointRoutes: Routes = (app, deps) => {
  const { pool, wakeRetries } = deps;

  creation(app, deps);

  app.get(
    endpointsPath,
    { config: { permission: 'webhooks:read' }, schema: { response: { 200: endpointList } } },
    async (request) => ({ data: await endpointAnswers(pool, await listEndpoints(pool, ownerIn(request))) }),
  );

  app.get(
    `${endpointsPath}/:id`,
    { config: { permission: 'webhooks:read' }, schema: { params: idParams, response: { 200: endpointAnswer } } },
    async (request) => answerFor(pool, await ownEndpoint(pool, ownerIn(request), request.params.id)),
  );

  app.delete(
    `${endpointsPath}/:id`,
    { config: { permission: 'webhooks:write' }, schema: { params: idParams } },
    async (request, reply) => {
      const owner = ownerIn(request);
      const id = pathId('endpoint', request.params.id);
      await inTransaction(pool, async (db) => {
        const endpoint = await lockEndpoint(db, owner, id);
        if (!endpoint) throw notFound();
        if ((await markEndpointDeleted(db, id)) === 0) return;
        await layAside(db, id);
        await appendAudit(db, {
          actor: callerIn(request).actor,
          action: 'webhook_endpoint.deleted',
          accountId: owner.accountId,
          subject: publicId('endpoint', id),
          before: auditedEndpoint(endpoint),
        });
      });
      void wakeRetries(id);
      return reply.code(204).send();
    },
  );
};

const creation: Routes = (app, deps) => {
  const { pool, keyring } = deps;

  app.post(
    endpointsPath,
    { config: { permission: 'webhooks:write' }, schema: { body: createBody, response: { 201: createdAnswer } } },
    async (request, reply) => {
      const owner = ownerIn(request);
      const { url, events, payload, description } = request.body;
      await refuseBadTarget(deps, url);
      const id = randomUUID();
      const secret = newWebhookSecret();
      const secretSealed = seal(keyring, secretPurpose(id, 'secret_sealed'), secret);
      const endpoint = await inTransaction(pool, async (db) => {
        await takePlace(db, owner);
        const row = await insertEndpoint(db, {
          id,
          ...owner,
          url,
          events,
          payload,
          description: description ?? null,
          secretSealed,
          secretPrefix: secretPrefix(secret),
        });
        await appendAudit(db, {
          actor: callerIn(request).actor,
          action: 'webhook_endpoint.created',
          accountId: owner.accountId,
          subject: publicId('endpoint', id),
          after: auditedEndpoint(row),
        });
        return row;
      });
      return reply.code(201).send({ ...(await answerFor(pool, endpoint)), secret });
    },
  );
};

/** The caller's endpoint, deleted ones too. Unknown, another account's, another mode's: the same 404. */
export async function ownEndpoint(db: Database, owner: Owner, id: string): Promise<EndpointRow> {
  const endpoint = await findEndpoint(db, owner, pathId('endpoint', id));
  if (!endpoint) throw notFound();
  return endpoint;
}

/** Takes one of the places among the endpoints in service, until the transaction ends. */
export async function takePlace(db: Database, owner: Owner): Promise<void> {
  if ((await lockEndpointCount(db, owner)) < mostEndpoints) return;
  throw conflict(`At most ${mostEndpoints} endpoints, paused ones counted.`, {
    resource: 'webhook_endpoint',
    limit: mostEndpoints,
  });
}

/** Refuses what deliveries would refuse to call. The address may be another by then: each attempt checks again. */
export async function refuseBadTarget({ webhookTarget }: AppDeps, url: string): Promise<void> {
  const reason = await webhookTarget(url);
  if (reason !== null) throw invalidField('url', reason);
}

/** Nothing is sent to an endpoint that takes no deliveries. */
export function refuseIdle({ active, disabledReason }: EndpointRow): void {
  if (disabledReason === 'deleted') throw badRequest('The endpoint is deleted.');
  if (disabledReason !== null) throw badRequest('The endpoint is disabled: set active to true first.');
  if (!active) throw badRequest('The endpoint is paused: set active to true first.');
}
