import { findDelivery, listDeadLetters, type DeliveryRow } from '../../../db/deliveries/delivery-log.js';
import { isUuid, publicId, uuidOf } from '../../../domain/ids.js';
import type { FastifyRequest } from 'fastify';
import { isWithin } from '../../orders/admin-order.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { takeNoBodyForEmpty } from '../../http/empty-body.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { badRequest, notFound } from '../../http/problem.js';
import { discardOne, notDead, replayOne } from '../../webhooks/replay.js';
import {
  deadLetterPage,
  deadLettersQuery,
  deliveryAnswer,
  discardedAnswer,
  idParams,
  reasonBody,
} from '../../schemas/webhooks.js';
import { pathId } from '../../http/path-id.js';
import { deliveryAnswerOf } from '../../webhooks/webhook-answers.js';

const config = { permission: 'operator:read' } as const;
const operating = { permission: 'operator:operations' } as const;
const deliveries = '/v1/admin/webhook-deliveries';
const deadLetters = '/v1/admin/webhook-dlq';

export const adminDeliveryRoutes: Routes = (app, deps) => {
  const { pool } = deps;
  const cursors = createCursors(deps, 'webhook-dlq');
  const changing = { config: operating, preValidation: takeNoBodyForEmpty };
  const answer = { params: idParams, body: reasonBody, response: { 200: deliveryAnswer } };

  app.get(
    `${deliveries}/:id`,
    { config, schema: { params: idParams, response: { 200: deliveryAnswer } } },
    async (request) => deliveryAnswerOf(await deliveryIn(request, request.params.id)),
  );

  app.post(`${deliveries}/:id/replay`, { ...changing, schema: answer }, async (request) => {
    const delivery = await deliveryIn(request, request.params.id);
    return deliveryAnswerOf(await replayOne(pool, delivery, askerOf(request, request.body.reason)));
  });

  app.get(
    deadLetters,
    { config, schema: { querystring: deadLettersQuery, response: { 200: deadLetterPage } } },
    async (request) => {
      const { limit, cursor, endpoint_id: given } = request.query;
      const endpointId = given === undefined ? null : endpointIdOf(given);
      const scope = { filters: { endpointId } };
      const page = await listDeadLetters(pool, {
        endpointId,
        mode: reachIn(request),
        after: cursors.open(scope, cursor),
        limit,
      });
      return { data: page.rows.map(deliveryAnswerOf), next_cursor: cursors.seal(scope, page.next) };
    },
  );

  app.post(`${deadLetters}/:id/requeue`, { ...changing, schema: answer }, async (request) => {
    const delivery = await deliveryIn(request, request.params.id);
    if (delivery.discardedAt !== null) throw notDead();
    const asker = askerOf(request, request.body.reason);
    return deliveryAnswerOf(await replayOne(pool, delivery, { ...asker, from: ['dlq'] }));
  });

  app.post(
    `${deadLetters}/:id/discard`,
    { ...changing, schema: { params: idParams, body: reasonBody, response: { 200: discardedAnswer } } },
    async (request) => {
      const delivery = await deliveryIn(request, request.params.id);
      await discardOne(pool, delivery, askerOf(request, request.body.reason));
      return { discarded_id: publicId('delivery', delivery.id) };
    },
  );

  async function deliveryIn(request: FastifyRequest, id: string): Promise<DeliveryRow> {
    const delivery = await findDelivery(pool, pathId('delivery', id), null);
    if (!delivery || !isWithin(reachIn(request), delivery)) throw notFound();
    return delivery;
  }
};

function askerOf(request: FastifyRequest, reason: string | undefined) {
  return { actor: callerIn(request).actor, reason: reason ?? null };
}

function endpointIdOf(given: string): string {
  const bare = given.replace(/^webhook_endpoint_/, '').toLowerCase();
  const id = uuidOf('endpoint', given) ?? bare;
  if (!isUuid(id)) throw badRequest('endpoint_id: expected whk_<uuid>, webhook_endpoint_<uuid> or <uuid>');
  return id;
}
