import { nextWaitMs } from '../../domain/delivery.js';
import { buryWaiting, type AttemptRecord } from '../../db/deliveries/deliveries.js';
import { claimDelivery, deliveryStanding, unclaim, type ClaimedDelivery } from '../../db/deliveries/delivery-claims.js';
import type { Pool } from '../../db/pool.js';
import { secretPurpose, unseal, type Keyring } from '../../db/secrets/seal.js';
import type { EndpointSlots, SlotOutcome } from '../../webhooks/endpoint-slots.js';
import type { Sender, SendResult } from '../../webhooks/send.js';
import { signatureHeaders } from '../../webhooks/sign.js';
import type { AttemptRecorder } from './attempt-recorder.js';
import { retryLater } from '../retry-later.js';

interface Signing {
  readonly keyring: Keyring;
  readonly nowMs: () => number; // signatures carry this clock
}

interface RetryPlan {
  readonly retryWaitsMs: readonly number[];
  readonly random: () => number; // in [0, 1): spreads retries
}

/** What one attempt of a claimed delivery takes. */
export interface AttemptDependencies extends Signing, RetryPlan {
  readonly sender: Pick<Sender, 'send'>;
  readonly recorder: AttemptRecorder;
}

export interface DeliveryDependencies extends AttemptDependencies {
  readonly pool: Pool;
  readonly slots: EndpointSlots;
}

/** How long what was claimed in vain waits for a place. */
export const postponeMs = 1_000;
const goneForGood = 410;
const quickMs = 1_000;

/**
 * The next attempt of one delivery, for its workflow. Answers its end (`delivered`, `dlq`) or `paused`; anything else is a
 * benign failure that carries the wait until the next attempt.
 */
export async function attemptDelivery(deps: DeliveryDependencies, deliveryId: string): Promise<string> {
  const claimed = await claimDelivery(deps.pool, deliveryId);
  if (!claimed) return unclaimable(deps.pool, deliveryId);
  const release = deps.slots.take(claimed.endpointId);
  if (!release) {
    await unclaim(deps.pool, [claimed.id], postponeMs);
    throw retryLater('EndpointBusy', 'the endpoint has all the attempts it may have', postponeMs);
  }
  const record = await attempt(deps, claimed, release);
  if (record.next.kind === 'delivered') return 'delivered';
  if (record.next.kind === 'dead') return 'dlq';
  throw retryLater('NotAccepted', record.error ?? `answered ${record.status ?? 'nothing'}`, record.next.afterMs);
}

async function unclaimable(pool: Pool, deliveryId: string): Promise<string> {
  const standing = await deliveryStanding(pool, deliveryId);
  if (!standing) throw new Error(`delivery ${deliveryId} is not in the database`);
  if (standing.status === 'delivered' || standing.status === 'dlq') return standing.status;
  if (standing.disabled) {
    await buryWaiting(pool, standing.endpointId); // it was on the wire when the others were buried
    return 'dlq';
  }
  if (!standing.active) return 'paused';
  throw retryLater('NotDue', 'the next attempt is not due yet', Math.max(standing.waitMs, 100));
}

/** Sends a claimed delivery, gives its place back, and resolves once the outcome is recorded. */
export async function attempt(
  deps: AttemptDependencies,
  delivery: ClaimedDelivery,
  release: (outcome: SlotOutcome) => void,
): Promise<AttemptRecord> {
  let outcome: SlotOutcome = 'answered';
  try {
    const result = await deps.sender.send(signed(deps, delivery));
    outcome = slotOutcome(result);
    const record = recordOf(deps, delivery, result);
    release(outcome);
    await deps.recorder.record({ delivery, record });
    return record;
  } finally {
    release(outcome);
  }
}

/** An endpoint that accepts ever more slowly is not sent ever more at once. */
function slotOutcome({ ok, status, durationMs }: SendResult): SlotOutcome {
  if (ok) return durationMs <= quickMs ? 'quick' : 'answered';
  return status === null || status === 429 || status >= 500 ? 'struggling' : 'answered';
}

function signed({ keyring, nowMs }: Signing, delivery: ClaimedDelivery) {
  const purpose = secretPurpose(delivery.endpointId);
  const sealed = [delivery.secretSealed, ...(delivery.prevSecretSealed ? [delivery.prevSecretSealed] : [])];
  const headers = signatureHeaders({
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    body: delivery.body,
    secrets: sealed.map((secret) => unseal(keyring, purpose, secret)),
    nowMs: nowMs(),
  });
  return { endpointId: delivery.endpointId, url: delivery.url, body: delivery.body, headers };
}

function recordOf(plan: RetryPlan, delivery: ClaimedDelivery, result: SendResult): AttemptRecord {
  return {
    deliveryId: delivery.id,
    round: delivery.round,
    n: delivery.attempts,
    status: result.status,
    excerpt: result.excerpt,
    error: result.error,
    durationMs: result.durationMs,
    next: nextOf(plan, delivery, result),
  };
}

function nextOf(plan: RetryPlan, delivery: ClaimedDelivery, result: SendResult): AttemptRecord['next'] {
  if (result.ok) return { kind: 'delivered' };
  if (result.status === goneForGood) return { kind: 'dead' };
  const afterMs = nextWaitMs(delivery.attempts, {
    jitter: plan.random(),
    retryAfterMs: result.retryAfterMs ?? 0,
    waits: plan.retryWaitsMs,
  });
  return afterMs === null ? { kind: 'dead' } : { kind: 'retry', afterMs };
}
