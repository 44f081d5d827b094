import type { EventType, KnownEvent } from './webhook-event.js';

export type DeliveryStatus = 'pending' | 'in_flight' | 'delivered' | 'failed' | 'dlq';

/** `brief`: what an event is about. `full`: beside it `order`, the order's whole envelope as of the event. */
export type Payload = 'brief' | 'full';

export interface CreateWebhookRequest {
  /** Public https, port 443. */
  url: string;
  /** One or more distinct types. */
  events: EventType[];
  /** `brief` when absent. */
  payload?: Payload;
  description?: string | null;
}

/** At least one member. */
export interface UpdateWebhookRequest {
  url?: string;
  events?: EventType[];
  /** Of events from then on. */
  payload?: Payload;
  description?: string | null;
  /** False pauses: deliveries wait. True resumes, also after the server disabled the endpoint. */
  active?: boolean;
}

export interface WebhookEndpoint {
  id: string;
  url: string;
  /** The first 12 characters of the secret. */
  secret_prefix: string;
  prev_secret_prefix: string | null;
  rotation_grace_expires_at: string | null;
  events: EventType[];
  payload: Payload;
  description: string | null;
  active: boolean;
  consecutive_failures: number;
  last_success_at: string | null;
  last_failure_at: string | null;
  disabled_at: string | null;
  disabled_reason: 'deleted' | 'gone' | 'failures' | null;
  delivery_counts: { delivered: number; failed: number; dlq: number };
  created_at: string;
}

/** The only answer that holds the secret: keep it. */
export interface CreatedWebhookEndpoint extends WebhookEndpoint {
  secret: string;
}

export interface WebhookEndpointList {
  data: WebhookEndpoint[];
}

/** Both secrets sign until the grace ends. */
export interface RotatedSecret {
  id: string;
  secret: string;
  secret_prefix: string;
  prev_secret_prefix: string;
  grace_expires_at: string;
}

export interface SentTest {
  delivery_id: string;
  event_id: string;
  event_type: 'test.ping';
}

export interface WebhookDelivery {
  id: string;
  webhook_id: string;
  event_id: string;
  event_type: KnownEvent['type'];
  status: DeliveryStatus;
  attempts: number;
  next_attempt_at: string | null;
  last_response_status: number | null;
  last_response_excerpt: string | null;
  last_error: string | null;
  delivered_at: string | null;
  created_at: string;
}

export interface WebhookDeliveryPage {
  data: WebhookDelivery[];
  has_more: boolean;
  next_cursor: string | null;
}

export interface ListDeliveriesOptions {
  /** Page size, 1 to 100; 50 when absent. */
  limit?: number;
  status?: DeliveryStatus;
  cursor?: string;
}

export interface ReplayWindowRequest {
  since: string;
  /** Now when absent. */
  until?: string;
  /** Dead letters when absent. */
  status?: 'dlq' | 'delivered' | 'all';
}

export interface ReplayedWindow {
  replayed: number;
}

export interface ListEventsOptions {
  created_after: string;
  /** Page size, 1 to 100; 50 when absent. */
  limit?: number;
  cursor?: string;
}

export interface ToldEvent {
  id: string;
  type: Exclude<KnownEvent['type'], 'test.ping'>;
  order_id: string | null;
  created_at: string;
  /** The text that endpoints are sent. */
  body: string;
}

export interface ToldEventPage {
  events: ToldEvent[];
  next_cursor: string | null;
}
