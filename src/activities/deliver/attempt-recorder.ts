import { setTimeout as pause } from 'node:timers/promises';
import {
  layAside,
  lockEndpoints,
  markPublishedWhereAttempted,
  recordOutcomes,
  type AttemptRecord,
  type EndpointNews,
} from '../../db/deliveries/deliveries.js';
import type { ClaimedDelivery } from '../../db/deliveries/delivery-claims.js';
import type { Database, Pool } from '../../db/pool.js';
import { inTransaction, isOutage } from '../../db/query.js';
import { afterAttempt, deadInARow, goneForGood, type AfterAttempt } from '../../domain/delivery.js';
import type { SendResult } from '../../webhooks/send.js';

export interface Attempted {
  readonly delivery: ClaimedDelivery;
  readonly result: SendResult;
}

export interface AttemptRecorder {
  /** Resolves when the outcome is committed, with what becomes of the delivery. */
  record(attempted: Attempted): Promise<AfterAttempt>;
}

export interface RecorderDependencies {
  readonly pool: Pool;
  readonly retryWaitsMs: readonly number[];
  readonly random: () => number; // in [0, 1): spreads retries
}

interface Waiting extends Attempted {
  readonly resolve: (next: AfterAttempt) => void;
  readonly reject: (failure: unknown) => void;
}

const mostAtOnce = 500;
const groupLockMs = 200; // a group waits no longer for one of its endpoints
const outageWaitsMs = [100, 300, 1_000, 3_000]; // a claim lasts a minute: forgetting an answer means sending twice

/**
 * Commits attempts in groups: while one group is written the next gathers, so nobody waits for an answer that is still on
 * its way, and a thousand deliveries cost a few transactions. A group that cannot be written falls apart into its
 * endpoints, so that one whose row is held by somebody else holds up no other.
 */
export function createAttemptRecorder(deps: RecorderDependencies): AttemptRecorder {
  const waiting: Waiting[] = [];
  let writing = false;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, mostAtOnce);
      try {
        settle(group, await commit(deps, group, groupLockMs));
      } catch {
        for (const part of byEndpoint(group)) void commitPatiently(deps, part);
      }
    }
    writing = false;
  }

  return {
    record: (attempted) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...attempted, resolve, reject });
        if (writing) return;
        writing = true;
        setImmediate(() => void writeAll()); // answers of the same moment join
      }),
  };
}

function settle(group: readonly Waiting[], records: readonly AttemptRecord[]): void {
  for (const [n, { resolve }] of group.entries()) resolve(records[n]!.next);
}

function byEndpoint(group: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const parts = new Map<string, Waiting[]>();
  for (const each of group) {
    const id = each.delivery.endpointId;
    parts.set(id, [...(parts.get(id) ?? []), each]);
  }
  return [...parts.values()];
}

async function commitPatiently(deps: RecorderDependencies, group: readonly Waiting[]): Promise<void> {
  for (const waitMs of [...outageWaitsMs, null]) {
    try {
      return settle(group, await commit(deps, group, null));
    } catch (failure) {
      if (waitMs === null || !isOutage(failure)) {
        for (const { reject } of group) reject(failure);
        return;
      }
      await pause(waitMs);
    }
  }
}

/**
 * Attempts, what they say about their endpoints, and which events are published by them: together or not at all. Accepted is
 * accepted, however the endpoint stands: where all were, one statement is the whole transaction.
 */
async function commit(
  deps: RecorderDependencies,
  group: readonly Attempted[],
  lockMs: number | null,
): Promise<readonly AttemptRecord[]> {
  if (group.every(({ result }) => result.ok)) return write(deps, deps.pool, group, { disabled: new Set(), lockMs });
  return inTransaction(deps.pool, async (db) => {
    const locked = await lockEndpoints(db, attemptedEndpoints(group), lockMs);
    const disabled = new Set(locked.filter((endpoint) => endpoint.disabled).map(({ id }) => id));
    return write(deps, db, group, { disabled, lockMs });
  });
}

async function write(
  deps: RecorderDependencies,
  db: Database,
  group: readonly Attempted[],
  { disabled, lockMs }: { disabled: ReadonlySet<string>; lockMs: number | null },
): Promise<readonly AttemptRecord[]> {
  const records = group.map((attempted) =>
    recordOf(deps, attempted, { disabled: disabled.has(attempted.delivery.endpointId) }),
  );
  const first = group.filter(({ delivery }) => delivery.attempts === 1).map(({ delivery }) => delivery.eventId);
  const outcomes = { records, news: newsOf(group, records), begun: [...new Set(first)] };
  const outOfService = await recordOutcomes(db, outcomes, { deadLimit: deadInARow, waitMs: lockMs });
  for (const id of outOfService) await layAside(db, id);
  // What was laid aside waits for no first attempt any more.
  if (outOfService.length > 0 && first.length > 0) await markPublishedWhereAttempted(db, outcomes.begun);
  return records;
}

function attemptedEndpoints(group: readonly Attempted[]): { id: string; failed: boolean }[] {
  const failed = new Map<string, boolean>();
  for (const { delivery, result } of group) {
    failed.set(delivery.endpointId, failed.get(delivery.endpointId) === true || !result.ok);
  }
  return [...failed].map(([id, hasFailed]) => ({ id, failed: hasFailed }));
}

function recordOf(
  { retryWaitsMs, random }: RecorderDependencies,
  { delivery, result }: Attempted,
  { disabled }: { disabled: boolean },
): AttemptRecord {
  return {
    deliveryId: delivery.id,
    round: delivery.round,
    n: delivery.attempts,
    status: result.status,
    excerpt: result.excerpt,
    error: result.error,
    durationMs: result.durationMs,
    next: afterAttempt(result, {
      attempts: delivery.attempts,
      disabled,
      jitter: random(),
      waits: retryWaitsMs,
    }),
  };
}

function newsOf(group: readonly Attempted[], records: readonly AttemptRecord[]): EndpointNews[] {
  const news = new Map<string, EndpointNews>();
  for (const [n, { delivery }] of group.entries()) {
    const { next, status } = records[n]!;
    if (next.kind === 'put_off') continue; // nobody was asked
    const id = delivery.endpointId;
    const before = news.get(id) ?? { id, accepted: false, failed: false, dead: 0, gone: false };
    const accepted = next.kind === 'delivered';
    news.set(id, {
      id,
      accepted: before.accepted || accepted,
      failed: before.failed || !accepted,
      dead: before.dead + (next.kind === 'dead' ? 1 : 0),
      gone: before.gone || status === goneForGood,
    });
  }
  return [...news.values()];
}
