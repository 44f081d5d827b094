import { createHmac, randomBytes } from 'node:crypto';
import { wireWords } from '../domain/brand.js';
import { assert } from '../domain/invariant.js';

const secretScheme = 'whsec_';

export interface SignedEvent {
  readonly eventId: string;
  readonly eventType: string;
  readonly body: string;
  /** The endpoint's secret; during a rotation the new one, then the previous one. */
  readonly secrets: readonly string[];
  readonly nowMs: number;
}

/** Every header of a delivery. Both signature forms cover the body as UTF-8: send exactly that. */
export function signatureHeaders({ eventId, eventType, body, secrets, nowMs }: SignedEvent): Record<string, string> {
  assert(secrets.length > 0, 'a delivery is signed');
  const timestamp = String(Math.floor(nowMs / 1000));
  return {
    'content-type': 'application/json',
    'user-agent': wireWords.webhookUserAgent,
    [wireWords.header('event-id')]: eventId,
    [wireWords.header('event-type')]: eventType,
    [wireWords.header('signature')]: [
      `t=${timestamp}`,
      ...secrets.map((secret) => `v1=${hmac(secret, `${timestamp}.${body}`).toString('hex')}`),
    ].join(','),
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets
      .map((secret) => `v1,${hmac(keyBytes(secret), `${eventId}.${timestamp}.${body}`).toString('base64')}`)
      .join(' '),
  };
}

export function newWebhookSecret(): string {
  return secretScheme + randomBytes(32).toString('base64');
}

/** Enough of a secret to tell it from another, too little to guess it. */
export function secretPrefix(secret: string): string {
  return secret.slice(0, 12);
}

/** Standard Webhooks keys the HMAC with the decoded bytes, our own form with the secret as the merchant sees it. */
function keyBytes(secret: string): Buffer {
  assert(secret.startsWith(secretScheme), 'a webhook secret starts with whsec_');
  return Buffer.from(secret.slice(secretScheme.length), 'base64');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
