import { countDeliveries, type DeliveryCounts, type DeliveryRow } from '../../db/deliveries/delivery-log.js';
import type { Database } from '../../db/pool.js';
import type { EndpointRow } from '../../db/deliveries/webhook-endpoints.js';
import { publicId } from '../../domain/ids.js';
import type { DeliveryAnswer, EndpointAnswer } from '../schemas/webhooks.js';

export async function endpointAnswers(db: Database, endpoints: readonly EndpointRow[]): Promise<EndpointAnswer[]> {
  const ids = endpoints.map(({ id }) => id);
  const counts = new Map((await countDeliveries(db, ids)).map((each) => [each.endpointId, each]));
  return endpoints.map((endpoint) => endpointAnswerOf(endpoint, counts.get(endpoint.id)));
}

export async function endpointAnswer(db: Database, endpoint: EndpointRow): Promise<EndpointAnswer> {
  const [counts] = await countDeliveries(db, [endpoint.id]);
  return endpointAnswerOf(endpoint, counts);
}

function endpointAnswerOf(endpoint: EndpointRow, counts: DeliveryCounts | undefined): EndpointAnswer {
  return {
    id: publicId('endpoint', endpoint.id),
    url: endpoint.url,
    secret_prefix: endpoint.secretPrefix,
    prev_secret_prefix: endpoint.prevSecretPrefix,
    rotation_grace_expires_at: endpoint.graceExpiresAt,
    events: [...endpoint.events],
    payload: endpoint.payload,
    description: endpoint.description,
    active: endpoint.active && endpoint.disabledAt === null,
    consecutive_failures: endpoint.consecutiveFailures,
    last_success_at: endpoint.lastSuccessAt,
    last_failure_at: endpoint.lastFailureAt,
    disabled_at: endpoint.disabledAt,
    disabled_reason: endpoint.disabledReason,
    delivery_counts: { delivered: counts?.delivered ?? 0, failed: counts?.failed ?? 0, dlq: counts?.dlq ?? 0 },
    created_at: endpoint.createdAt,
  };
}

export function deliveryAnswerOf(delivery: DeliveryRow): DeliveryAnswer {
  return {
    id: publicId('delivery', delivery.id),
    webhook_id: publicId('endpoint', delivery.endpointId),
    event_id: delivery.eventId,
    event_type: delivery.eventType as DeliveryAnswer['event_type'], // nobody else writes these rows
    status: delivery.status,
    attempts: delivery.attempts,
    next_attempt_at: delivery.nextAttemptAt,
    last_response_status: delivery.lastResponseStatus,
    last_response_excerpt: delivery.lastResponseExcerpt,
    last_error: delivery.lastError,
    delivered_at: delivery.deliveredAt,
    created_at: delivery.createdAt,
  };
}

/** What the audit log keeps of an endpoint: never more of a secret than its prefix. */
export function auditedEndpoint(endpoint: EndpointRow): object {
  const { url, events, payload, description, active, secretPrefix, prevSecretPrefix, disabledReason } = endpoint;
  return {
    url,
    events,
    payload,
    description,
    active,
    secret_prefix: secretPrefix,
    prev_secret_prefix: prevSecretPrefix,
    disabled_reason: disabledReason,
  };
}
