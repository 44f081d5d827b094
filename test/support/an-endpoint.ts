import { randomUUID } from 'node:crypto';
import { tellEndpoints } from '../../src/db/deliveries/outgoing-events.js';
import type { Database, Pool } from '../../src/db/pool.js';
import type { DeliveryStatus } from '../../src/domain/delivery.js';
import type { Mode } from '../../src/domain/ids.js';
import { eventBody } from '../../src/domain/outgoing-event.js';
import type { TestApp } from './test-app.js';

export const endpoints = '/v1/webhooks';
export const paid = 'crypto.order.paid';
export const endpointBody = { url: 'https://shop.example.com/hooks', events: [paid] };

/** An endpoint as its creation answers it, secret and all. */
export async function anEndpoint(api: TestApp, key: string, over: object = {}): Promise<Record<string, string>> {
  const answer = await api.call(key, 'POST', endpoints, { body: { ...endpointBody, ...over } });
  if (answer.statusCode !== 201) throw new Error(`${answer.statusCode} ${answer.body}`);
  return answer.json();
}

/** What the settle transaction does: one event and its deliveries. Answers the event's id. */
export async function anEvent(
  db: Database,
  { accountId, mode = 'live', at }: { accountId: string; mode?: Mode; at?: string },
): Promise<string> {
  const id = randomUUID();
  const createdAt = at ?? new Date().toISOString();
  const body = eventBody({ id, type: paid, createdAt, data: { order_id: 'ord_000000000001' } });
  await tellEndpoints(db, { id, accountId, mode, orderId: null, type: paid, body, createdAt });
  return id;
}

interface Placed {
  readonly accountId: string;
  readonly mode?: Mode;
  readonly at?: string;
  readonly status?: DeliveryStatus;
  readonly attempts?: number;
}

/** The deliveries of a new event, as attempts would have left them. Answers their public ids. */
export async function someDeliveries(
  pool: Pool,
  { status = 'dlq', attempts = 12, ...event }: Placed,
): Promise<string[]> {
  const eventId = await anEvent(pool, event);
  const { rows } = await pool.query<{ id: string }>(
    `update deliveries set status = $2, attempts = $3, last_response_status = 500, last_error = 'HTTP 500',
       last_response_excerpt = 'no', next_attempt_at = case when $2 in ('pending', 'in_flight') then now() end
     where event_id = $1 returning id`,
    [eventId, status, attempts],
  );
  return rows.map(({ id }) => `wdl_${id}`);
}
