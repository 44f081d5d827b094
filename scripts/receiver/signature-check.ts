import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { wireWords } from '../../src/domain/brand.js';

export type SignatureState = 'verified' | 'wrong' | 'stale' | 'missing' | 'no secret';

const toleranceS = 300;

/** Our own form of the signature, checked as a merchant would: with any of the secrets that are known here. */
export function checkSignature(
  headers: IncomingHttpHeaders,
  body: Buffer,
  { secrets, nowMs }: { secrets: readonly string[]; nowMs: number },
): SignatureState {
  const header = headers[wireWords.header('signature')];
  if (typeof header !== 'string') return 'missing';
  if (secrets.length === 0) return 'no secret';
  const [first = '', ...signatures] = header.split(',');
  const time = /^t=(\d{1,12})$/.exec(first)?.[1];
  if (!time) return 'wrong';
  const given = signatures.map((part) => Buffer.from(part.replace(/^v1=/, ''), 'hex'));
  const fits = secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
    return given.some((bytes) => bytes.length === expected.length && timingSafeEqual(bytes, expected));
  });
  if (!fits) return 'wrong';
  return Math.abs(nowMs / 1000 - Number(time)) > toleranceS ? 'stale' : 'verified';
}

/** The Standard Webhooks form, by that project's own package. */
export function checkStandardSignature(
  headers: IncomingHttpHeaders,
  body: Buffer,
  secrets: readonly string[],
): SignatureState {
  if (headers['webhook-signature'] === undefined) return 'missing';
  if (secrets.length === 0) return 'no secret';
  const failures = secrets.map((secret) => failureOf(secret, headers, body));
  if (failures.includes(null)) return 'verified';
  return failures.some((failure) => failure?.includes('timestamp too')) ? 'stale' : 'wrong';
}

function failureOf(secret: string, headers: IncomingHttpHeaders, body: Buffer): string | null {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>, { jsonParse: false });
    return null;
  } catch (failure) {
    return String(failure); // shown as a state: the page says "wrong", not why
  }
}
