import { listEvents } from '../../../db/deliveries/event-lists.js';
import type { EventType } from '../../../domain/outgoing-event.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { ownerIn } from '../../plugins/auth.js';
import { eventPage, eventsQuery } from '../../schemas/event-list.js';

/** What an account was told, for who cannot be reached: the same texts that endpoints are sent. */
export const eventRoutes: Routes = (app, deps) => {
  const cursors = createCursors(deps, 'webhook-events');

  app.get(
    '/v1/webhook-events',
    {
      config: { permission: 'webhooks:read' },
      schema: { querystring: eventsQuery, response: { 200: eventPage } },
    },
    async (request) => {
      const owner = ownerIn(request);
      const { limit, cursor, created_after: createdAfter } = request.query;
      const scope = { ...owner, filters: { createdAfter } };
      const page = await listEvents(deps.pool, owner, { createdAfter, after: cursors.open(scope, cursor), limit });
      return {
        events: page.rows.map(({ id, type, orderId, createdAt, body }) => ({
          id,
          type: type as EventType, // pings are left out
          order_id: orderId,
          created_at: createdAt,
          body,
        })),
        next_cursor: cursors.seal(scope, page.next),
      };
    },
  );
};
