import { z } from 'zod';
import { deliveryStatuses } from '../../domain/delivery.js';
import { deliveredTypes, eventTypes } from '../../domain/outgoing-event.js';
import { payloads } from '../../domain/told/payload.js';
import { cursorText, instant, pageLimit, text } from './text.js';

const events = z
  .array(z.enum(eventTypes))
  .min(1)
  .max(eventTypes.length)
  .refine((types) => new Set(types).size === types.length, 'expected distinct types');

const fields = { url: text(1, 2048), events, description: text(0, 200).nullable() };

const payload = z.enum(payloads);

export const createBody = z.object({
  ...fields,
  payload: payload.default('brief'),
  description: fields.description.optional(),
});

export const updateBody = z
  .object({
    url: fields.url.optional(),
    events: fields.events.optional(),
    payload: payload.optional(),
    description: fields.description.optional(),
    active: z.boolean().optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    error: 'expected at least one of url, events, payload, description, active',
  });

export const replayBody = z
  .object({ since: instant, until: instant.optional(), status: z.enum(['dlq', 'delivered', 'all']).default('dlq') })
  .refine(({ since, until }) => until === undefined || since < until, {
    path: ['until'],
    error: 'expected a later instant than since',
  });

export const idParams = z.object({ id: text(1, 100) });

export const deliveriesQuery = z.object({
  limit: pageLimit(100, 50),
  cursor: cursorText,
  status: z.enum(deliveryStatuses).optional(),
});

export const deadLettersQuery = z.object({
  limit: pageLimit(200, 50),
  cursor: cursorText,
  endpoint_id: text(1, 100).optional(),
});

export const reasonBody = z.object({ reason: text(1, 500).optional() });

const time = z.string().nullable();

export const endpointAnswer = z
  .object({
    id: z.string(),
    url: z.string(),
    secret_prefix: z.string(),
    prev_secret_prefix: z.string().nullable(),
    rotation_grace_expires_at: time,
    events: z.array(z.enum(eventTypes)),
    payload,
    description: z.string().nullable(),
    active: z.boolean(),
    consecutive_failures: z.number().int(),
    last_success_at: time,
    last_failure_at: time,
    disabled_at: time,
    disabled_reason: z.enum(['deleted', 'gone', 'failures']).nullable(),
    delivery_counts: z.object({ delivered: z.number().int(), failed: z.number().int(), dlq: z.number().int() }),
    created_at: z.string(),
  })
  .meta({ id: 'WebhookEndpoint' });
export type EndpointAnswer = z.output<typeof endpointAnswer>;

export const createdAnswer = endpointAnswer.extend({ secret: z.string() }).meta({ id: 'CreatedWebhookEndpoint' });

export const endpointList = z.object({ data: z.array(endpointAnswer) });

export const rotatedAnswer = z.object({
  id: z.string(),
  secret: z.string(),
  secret_prefix: z.string(),
  prev_secret_prefix: z.string(),
  grace_expires_at: z.string(),
});

export const pingAnswer = z.object({
  delivery_id: z.string(),
  event_id: z.string(),
  event_type: z.literal('test.ping'),
});

export const deliveryAnswer = z
  .object({
    id: z.string(),
    webhook_id: z.string(),
    event_id: z.string(),
    event_type: z.enum(deliveredTypes),
    status: z.enum(deliveryStatuses),
    attempts: z.number().int(),
    next_attempt_at: time,
    last_response_status: z.number().int().nullable(),
    last_response_excerpt: z.string().nullable(),
    last_error: z.string().nullable(),
    delivered_at: time,
    created_at: z.string(),
  })
  .meta({ id: 'WebhookDelivery' });
export type DeliveryAnswer = z.output<typeof deliveryAnswer>;

export const deliveryPage = z.object({
  data: z.array(deliveryAnswer),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});

export const deadLetterPage = z.object({ data: z.array(deliveryAnswer), next_cursor: z.string().nullable() });

export const replayedAnswer = z.object({ replayed: z.number().int() });

export const discardedAnswer = z.object({ discarded_id: z.string() });
