import { listDeliveries, findDelivery } from '../../../db/deliveries/delivery-log.js';
import type { DeliveryStatus } from '../../../domain/delivery.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { callerIn, ownerIn } from '../../plugins/auth.js';
import { invalidField, notFound } from '../../http/problem.js';
import { replayAll, replayOne } from '../../webhooks/replay.js';
import {
  deliveriesQuery,
  deliveryAnswer,
  deliveryPage,
  idParams,
  replayBody,
  replayedAnswer,
} from '../../schemas/webhooks.js';
import { pathId } from '../../http/path-id.js';
import { deliveryAnswerOf } from '../../webhooks/webhook-answers.js';
import { ownEndpoint, refuseIdle } from './endpoints.js';

const ended: Record<'dlq' | 'delivered' | 'all', readonly DeliveryStatus[]> = {
  dlq: ['dlq'],
  delivered: ['delivered'],
  all: ['delivered', 'failed', 'dlq'], // what waits or is on the wire is on its way already
};

export const deliveryRoutes: Routes = (app, deps) => {
  const { pool, nowMs } = deps;
  const cursors = createCursors(deps, 'deliveries');

  app.get(
    '/v1/webhooks/:id/deliveries',
    {
      config: { permission: 'webhooks:read' },
      schema: { params: idParams, querystring: deliveriesQuery, response: { 200: deliveryPage } },
    },
    async (request) => {
      const owner = ownerIn(request);
      const endpoint = await ownEndpoint(pool, owner, request.params.id);
      const { limit, cursor, status } = request.query;
      const scope = { ...owner, filters: { endpoint: endpoint.id, status } };
      const after = cursors.open(scope, cursor);
      const page = await listDeliveries(pool, endpoint.id, { status: status ?? null, after, limit });
      return {
        data: page.rows.map(deliveryAnswerOf),
        has_more: page.next !== null,
        next_cursor: cursors.seal(scope, page.next),
      };
    },
  );

  app.post(
    '/v1/webhooks/:id/replay',
    {
      config: { permission: 'webhooks:write' },
      schema: { params: idParams, body: replayBody, response: { 202: replayedAnswer } },
    },
    async (request, reply) => {
      const endpoint = await ownEndpoint(pool, ownerIn(request), request.params.id);
      refuseIdle(endpoint);
      const { since, status, until = new Date(nowMs()).toISOString() } = request.body;
      if (since >= until) throw invalidField('since', 'expected an instant before until');
      const window = { endpointId: endpoint.id, since, until, statuses: ended[status] };
      const asker = { actor: callerIn(request).actor, reason: null, accountId: endpoint.accountId };
      return reply.code(202).send({ replayed: await replayAll(pool, window, asker) });
    },
  );

  app.post(
    '/v1/webhook-deliveries/:id/replay',
    { config: { permission: 'webhooks:write' }, schema: { params: idParams, response: { 200: deliveryAnswer } } },
    async (request) => {
      const delivery = await findDelivery(pool, pathId('delivery', request.params.id), ownerIn(request));
      if (!delivery) throw notFound();
      return deliveryAnswerOf(await replayOne(pool, delivery, { actor: callerIn(request).actor, reason: null }));
    },
  );
};
