import { QuittanceError } from './errors.js';
import {
  headerOf,
  verifyStandardWebhook,
  verifyWebhookSignature,
  type HeaderSource,
  type WebhookBody,
} from './verify.js';
import { isEventType, type WebhookEvent } from './webhook-event.js';

export interface ParseWebhookOptions {
  /** The body exactly as received, before any parsing. */
  body: WebhookBody;
  headers: HeaderSource;
  secret: string;
  toleranceSec?: number;
  nowMs?: number;
}

/** Not from your Quittance, or too old: answer 400 and do nothing. */
export class WebhookSignatureError extends QuittanceError {
  constructor(detail: string) {
    super('webhook_signature', { type: 'about:blank', title: 'Webhook not genuine', status: 0, detail });
  }
}

/** Genuine, but no event: not JSON, or without what every event has. */
export class WebhookPayloadError extends QuittanceError {
  constructor(detail: string) {
    super('webhook_payload', { type: 'about:blank', title: 'Webhook not readable', status: 0, detail });
  }
}

/** The verified event, of a type that this version does not know as `unknown`; or a WebhookSignatureError or WebhookPayloadError. */
export async function parseWebhook(options: ParseWebhookOptions): Promise<WebhookEvent> {
  const { headers, body } = options;
  // The Standard Webhooks signature decides when it is there: it covers the event id as well.
  if (headerOf(headers, 'webhook-signature') !== undefined) {
    if (!(await verifyStandardWebhook(options))) throw new WebhookSignatureError('webhook-signature does not hold');
  } else {
    const header = headerOf(headers, 'x-driftstack-signature');
    if (header === undefined) throw new WebhookSignatureError('no signature header');
    if (!(await verifyWebhookSignature({ ...options, header }))) {
      throw new WebhookSignatureError('x-driftstack-signature does not hold');
    }
  }
  return eventOf(typeof body === 'string' ? body : new TextDecoder().decode(body));
}

function eventOf(text: string): WebhookEvent {
  const event = parse(text) as Record<string, unknown> | null;
  const { id, type, created_at: createdAt, data } = event ?? {};
  if (typeof id !== 'string' || typeof createdAt !== 'string' || typeof data !== 'object' || data === null) {
    throw new WebhookPayloadError('not an event: id, type, created_at and data expected');
  }
  if (typeof type !== 'string') throw new WebhookPayloadError('not an event: its type is no text');
  if (!isEventType(type)) return { id, type: 'unknown', sent_type: type, created_at: createdAt, data: { ...data } };
  // Signed by the server, whose events have the documented data for their type.
  return event as unknown as WebhookEvent;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WebhookPayloadError('not JSON');
  }
}
