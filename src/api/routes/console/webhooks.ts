import { z } from 'zod';
import { accountNames } from '../../../db/accounts/accounts.js';
import { findDelivery, listDeadLetters, type DeliveryRow } from '../../../db/deliveries/delivery-log.js';
import { countLeftLying, endpointHealth, type EndpointHealth } from '../../../db/deliveries/endpoint-overview.js';
import { addressedDeliveries } from '../../../db/deliveries/order-deliveries.js';
import type { Database } from '../../../db/pool.js';
import { uuidOf } from '../../../domain/ids.js';
import { consoleWebhooksPage, type ConsoleEndpoint } from '../../../web/console/console-webhooks-page.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { createCursors } from '../../http/cursors.js';
import { formBasics } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { formBack } from '../../console/console-path.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { notFound } from '../../http/problem.js';
import { discardOne, replayOne } from '../../webhooks/replay.js';
import { idParams } from '../../schemas/webhooks.js';
import { formCursor } from '../../schemas/text.js';

const pageSize = 50;
const scope = { filters: {} };
const mostEndpoints = 100;

const deliveryForm = z.object(formBasics);

export const consoleWebhookRoutes: Routes = (console, deps) => {
  const { pool } = deps;
  const cursors = createCursors(deps, 'console/webhooks');
  const change = { hide: true, params: idParams, body: deliveryForm };

  console.get(
    '/webhooks',
    { config: forConsole('page'), schema: { hide: true, querystring: z.object({ cursor: formCursor }) } },
    async (request, reply) => {
      const after = cursors.open(scope, request.query.cursor);
      const [endpoints, leftLying, page] = await Promise.all([
        endpointHealth(pool, mostEndpoints),
        countLeftLying(pool),
        listDeadLetters(pool, { endpointId: null, after, limit: pageSize }),
      ]);
      const dead = await addressedDeliveries(
        pool,
        page.rows.map(({ id }) => id),
      );
      const context = await consoleContext(deps, request, reply);
      return sendPage(
        reply,
        consoleWebhooksPage({
          context,
          endpoints: await named(pool, endpoints),
          leftLying,
          dead,
          nextCursor: cursors.seal(scope, page.next),
        }),
      );
    },
  );

  console.post(
    '/deliveries/:id/replay',
    { config: forConsole('delivery:replay'), schema: change },
    async (request, reply) => {
      await replayOne(pool, await deliveryIn(pool, request.params.id), { actor: actorIn(request), reason: null });
      return backWith(reply, formBack(request), { tone: 'good', text: 'The delivery is sent again.' });
    },
  );

  console.post(
    '/deliveries/:id/discard',
    { config: forConsole('delivery:discard'), schema: change },
    async (request, reply) => {
      await discardOne(pool, await deliveryIn(pool, request.params.id), { actor: actorIn(request), reason: null });
      return backWith(reply, formBack(request), { tone: 'good', text: 'The dead letter is discarded.' });
    },
  );
};

async function named(db: Database, endpoints: readonly EndpointHealth[]): Promise<ConsoleEndpoint[]> {
  const names = await accountNames(
    db,
    endpoints.map(({ accountId }) => accountId),
  );
  return endpoints.map((endpoint) => ({
    ...endpoint,
    accountName: names.get(endpoint.accountId) ?? endpoint.accountId,
  }));
}

async function deliveryIn(db: Database, id: string): Promise<DeliveryRow> {
  const uuid = uuidOf('delivery', id);
  const delivery = uuid && (await findDelivery(db, uuid, null));
  if (!delivery) throw notFound();
  return delivery;
}
