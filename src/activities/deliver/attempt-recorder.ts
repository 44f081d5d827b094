import { setTimeout as pause } from 'node:timers/promises';
import {
  buryWaiting,
  markPublishedWhereAttempted,
  noteOutcomes,
  recordAttempts,
  type AttemptRecord,
  type EndpointNews,
} from '../../db/deliveries/deliveries.js';
import type { ClaimedDelivery } from '../../db/deliveries/delivery-claims.js';
import type { Pool } from '../../db/pool.js';
import { inTransaction, isOutage } from '../../db/query.js';
import { deadInARow } from '../../domain/delivery.js';

export interface Attempted {
  readonly delivery: ClaimedDelivery;
  readonly record: AttemptRecord;
}

export interface AttemptRecorder {
  /** Resolves when the outcome is committed. */
  record(attempted: Attempted): Promise<void>;
}

const mostAtOnce = 500;
const gone = 410;
const outageWaitsMs = [100, 300, 1_000, 3_000]; // a claim lasts a minute: forgetting an answer means sending twice

/**
 * Commits attempts in groups: while one group is written the next gathers, so nobody waits for an answer that is still on
 * its way, and a thousand deliveries cost a few transactions.
 */
export function createAttemptRecorder(pool: Pool): AttemptRecorder {
  const waiting: (Attempted & { settle: (failure?: Error) => void })[] = [];
  let writing = false;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, mostAtOnce);
      const failure = await commitPatiently(pool, group).then(
        () => undefined,
        (reason: Error) => reason,
      );
      for (const { settle } of group) settle(failure);
    }
    writing = false;
  }

  return {
    record: (attempted) =>
      new Promise((resolve, reject) => {
        const settle = (failure?: Error) => (failure === undefined ? resolve() : reject(failure));
        waiting.push({ ...attempted, settle });
        if (writing) return;
        writing = true;
        setImmediate(() => void writeAll()); // answers of the same moment join
      }),
  };
}

async function commitPatiently(pool: Pool, group: readonly Attempted[]): Promise<void> {
  for (const waitMs of outageWaitsMs) {
    try {
      return await commit(pool, group);
    } catch (failure) {
      if (!isOutage(failure)) throw failure;
      await pause(waitMs);
    }
  }
  await commit(pool, group);
}

/** Attempts, what they say about their endpoints, and which events are published by them: together or not at all. */
async function commit(pool: Pool, group: readonly Attempted[]): Promise<void> {
  const first = group.filter(({ delivery }) => delivery.attempts === 1).map(({ delivery }) => delivery.eventId);
  await inTransaction(pool, async (db) => {
    await recordAttempts(
      db,
      group.map(({ record }) => record),
    );
    const disabled = await noteOutcomes(db, newsOf(group), deadInARow);
    for (const { id } of disabled) await buryWaiting(db, id);
    if (first.length > 0) await markPublishedWhereAttempted(db, [...new Set(first)]);
  });
}

function newsOf(group: readonly Attempted[]): EndpointNews[] {
  const news = new Map<string, EndpointNews>();
  for (const { delivery, record } of group) {
    const id = delivery.endpointId;
    const before = news.get(id) ?? { id, accepted: false, failed: false, dead: 0, gone: false };
    const accepted = record.next.kind === 'delivered';
    news.set(id, {
      id,
      accepted: before.accepted || accepted,
      failed: before.failed || !accepted,
      dead: before.dead + (record.next.kind === 'dead' ? 1 : 0),
      gone: before.gone || record.status === gone,
    });
  }
  return [...news.values()];
}
