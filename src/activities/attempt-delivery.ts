import pLimit from 'p-limit';
import { deadInARow, nextWaitMs } from '../domain/delivery.js';
import {
  buryWaiting,
  claimDelivery,
  deliveryStanding,
  noteDead,
  noteFailures,
  noteSuccesses,
  recordAttempts,
  unclaim,
} from '../db/deliveries.js';
import type { AttemptRecord, ClaimedDelivery } from '../db/deliveries.js';
import type { Pool } from '../db/pool.js';
import type { Keyring } from '../db/seal.js';
import { secretPurpose, unseal } from '../db/seal.js';
import type { Sender } from '../webhooks/send.js';
import type { SendResult } from '../webhooks/send.js';
import { signatureHeaders } from '../webhooks/sign.js';
import { retryLater } from './retry-later.js';

export interface DeliveryDependencies {
  readonly pool: Pool;
  readonly keyring: Keyring;
  readonly sender: Sender;
  readonly retryWaitsMs: readonly number[];
  readonly nowMs: () => number; // signatures carry this clock
  readonly random: () => number; // in [0, 1): spreads retries
}

const postponeMs = 1_000;
const goneForGood = 410;

/**
 * The next attempt of one delivery, for its workflow. Answers its end (`delivered`, `dlq`) or `paused`; anything else is a
 * benign failure that carries the wait until the next attempt.
 */
export async function attemptDelivery(deps: DeliveryDependencies, deliveryId: string): Promise<string> {
  const claimed = await claimDelivery(deps.pool, deliveryId);
  if (!claimed) return unclaimable(deps, deliveryId);
  const [record] = await attemptAll(deps, [claimed]);
  if (!record) throw retryLater('EndpointBusy', 'the endpoint has all the attempts it may have', postponeMs);
  if (record.next.kind === 'delivered') return 'delivered';
  if (record.next.kind === 'dead') return 'dlq';
  throw retryLater('NotAccepted', record.error ?? `answered ${record.status ?? 'nothing'}`, record.next.afterMs);
}

async function unclaimable(deps: DeliveryDependencies, deliveryId: string): Promise<string> {
  const standing = await deliveryStanding(deps.pool, deliveryId);
  if (!standing) throw new Error(`delivery ${deliveryId} is not in the database`);
  if (standing.status === 'delivered' || standing.status === 'dlq') return standing.status;
  if (standing.disabled) {
    await buryWaiting(deps.pool, standing.endpointId); // it was on the wire when the others were buried
    return 'dlq';
  }
  if (!standing.active) return 'paused';
  throw retryLater('NotDue', 'the next attempt is not due yet', Math.max(standing.waitMs, 100));
}

const inParallel = 128;

/** Attempts claimed deliveries side by side and records them together; answers what was really attempted. */
export async function attemptAll(
  deps: DeliveryDependencies,
  claimed: readonly ClaimedDelivery[],
): Promise<AttemptRecord[]> {
  const limit = pLimit(inParallel);
  const postponed: string[] = [];
  const attempted = await Promise.all(
    claimed.map((delivery) =>
      limit(async () => {
        const release = deps.sender.tryAcquire(delivery.endpointId);
        if (!release) {
          postponed.push(delivery.id);
          return null;
        }
        try {
          const result = await deps.sender.send(signed(deps, delivery));
          return { delivery, record: recordOf(deps, delivery, result) };
        } finally {
          release();
        }
      }),
    ),
  );
  const done = attempted.filter((each) => each !== null);
  await recordAttempts(
    deps.pool,
    done.map((each) => each.record),
  );
  if (postponed.length > 0) await unclaim(deps.pool, postponed, postponeMs);
  await noteOutcomes(deps, done);
  return done.map((each) => each.record);
}

function signed(deps: DeliveryDependencies, delivery: ClaimedDelivery) {
  const purpose = secretPurpose(delivery.endpointId);
  const sealed = [delivery.secretSealed, ...(delivery.prevSecretSealed ? [delivery.prevSecretSealed] : [])];
  const headers = signatureHeaders({
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    body: delivery.body,
    secrets: sealed.map((secret) => unseal(deps.keyring, purpose, secret)),
    nowMs: deps.nowMs(),
  });
  return { endpointId: delivery.endpointId, url: delivery.url, body: delivery.body, headers };
}

function recordOf(deps: DeliveryDependencies, delivery: ClaimedDelivery, result: SendResult): AttemptRecord {
  return {
    deliveryId: delivery.id,
    round: delivery.round,
    n: delivery.attempts,
    status: result.status,
    excerpt: result.excerpt,
    error: result.error,
    durationMs: result.durationMs,
    next: nextOf(deps, delivery, result),
  };
}

function nextOf(deps: DeliveryDependencies, delivery: ClaimedDelivery, result: SendResult): AttemptRecord['next'] {
  if (result.ok) return { kind: 'delivered' };
  if (result.status === goneForGood) return { kind: 'dead' };
  const afterMs = nextWaitMs(delivery.attempts, {
    jitter: deps.random(),
    retryAfterMs: result.retryAfterMs ?? 0,
    waits: deps.retryWaitsMs,
  });
  return afterMs === null ? { kind: 'dead' } : { kind: 'retry', afterMs };
}

async function noteOutcomes(
  deps: DeliveryDependencies,
  done: readonly { delivery: ClaimedDelivery; record: AttemptRecord }[],
): Promise<void> {
  const endpointsWhere = (kind: AttemptRecord['next']['kind']) => [
    ...new Set(done.filter((each) => each.record.next.kind === kind).map((each) => each.delivery.endpointId)),
  ];
  const accepted = endpointsWhere('delivered');
  if (accepted.length > 0) await noteSuccesses(deps.pool, accepted);
  const failing = endpointsWhere('retry');
  if (failing.length > 0) await noteFailures(deps.pool, failing);
  for (const { delivery, record } of done) {
    if (record.next.kind !== 'dead') continue;
    await noteDead(deps.pool, delivery.endpointId, { gone: record.status === goneForGood, limit: deadInARow });
    await buryWaiting(deps.pool, delivery.endpointId);
  }
}
