import type { FastifyRequest } from 'fastify';
import { invalidField } from './problem.js';

/** The caller's key, or null when there is none. Of a repeated header the first counts; Node would join them. */
export function idempotencyKeyIn({ raw }: FastifyRequest): string | null {
  const at = raw.rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'idempotency-key');
  const key = at < 0 ? '' : (raw.rawHeaders[at + 1] ?? '').trim();
  if (key === '') return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw invalidField('Idempotency-Key', 'expected 1 to 255 printable ASCII characters without spaces');
  return key;
}
