import { signatureHeaders } from '../../../src/webhooks/sign.js';
import type { ToldEvent } from './follow.js';

const longestMs = 10_000; // as long as a delivery waits

export interface Forwarded {
  readonly event: ToldEvent;
  readonly status: number | null; // null: no answer
  readonly ms: number;
  readonly error: string | null;
}

/** Brings an event to a receiver as a delivery would: the same bytes, the same headers, both signatures. */
export async function forward(event: ToldEvent, target: { url: string; secret: string }): Promise<Forwarded> {
  const { id, type, body } = event;
  const begunAt = Date.now();
  const headers = signatureHeaders({
    eventId: id,
    eventType: type,
    body,
    secrets: [target.secret],
    nowMs: begunAt,
  });
  const signal = AbortSignal.timeout(longestMs);
  try {
    const answer = await fetch(target.url, { method: 'POST', headers, body, redirect: 'manual', signal });
    await answer.body?.cancel();
    return { event, status: answer.status, ms: Date.now() - begunAt, error: null };
  } catch (failure) {
    const { message, cause } = failure as Error;
    return { event, status: null, ms: Date.now() - begunAt, error: cause instanceof Error ? cause.message : message };
  }
}

/** One line for each event. */
export function lineOf({ event, status, ms, error }: Forwarded): string {
  const answer = status === null ? `not taken: ${error ?? 'no answer'}` : `${status} in ${ms} ms`;
  return [event.created_at, event.type.padEnd(25), event.order_id ?? 'no order', answer].join('  ');
}
