import { appendAudit } from '../../db/support/audit-log.js';
import { findDelivery, type DeliveryRow } from '../../db/deliveries/delivery-log.js';
import {
  deliveriesInWindow,
  discardDeadLetter,
  replayDeliveries,
  replayDelivery,
  type ReplayWindow,
} from '../../db/deliveries/delivery-replay.js';
import type { Position } from '../../db/page.js';
import type { Database, Pool } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import type { DeliveryStatus } from '../../domain/delivery.js';
import { publicId } from '../../domain/ids.js';
import type { Asker } from '../http/asker.js';
import { conflict, invalidField } from '../http/problem.js';

const replayable: readonly DeliveryStatus[] = ['pending', 'delivered', 'failed', 'dlq'];

/** Sends one delivery again; 409 when it is in flight, in none of the statuses of `from`, or its endpoint is disabled. */
export function replayOne(
  pool: Pool,
  before: DeliveryRow,
  { actor, reason, from = replayable }: Asker & { from?: readonly DeliveryStatus[] },
): Promise<DeliveryRow> {
  return inTransaction(pool, async (db) => {
    if (!(await replayDelivery(db, before.id, { from }))) throw await whyNot(db, before.id, from);
    const after = await findDelivery(db, before.id, null);
    if (!after) throw new Error(`delivery ${before.id} is gone`);
    await appendAudit(db, {
      actor,
      action: 'webhook_delivery.replayed',
      accountId: before.accountId,
      subject: publicId('delivery', before.id),
      reason,
      before: { status: before.status, attempts: before.attempts },
      after: { status: after.status, attempts: after.attempts },
    });
    return after;
  });
}

/** Takes a dead letter out of sight; 409 when it is none. */
export function discardOne(pool: Pool, delivery: DeliveryRow, { actor, reason }: Asker): Promise<void> {
  return inTransaction(pool, async (db) => {
    if (!(await discardDeadLetter(db, delivery.id))) throw notDead();
    await appendAudit(db, {
      actor,
      action: 'webhook_delivery.discarded',
      accountId: delivery.accountId,
      subject: publicId('delivery', delivery.id),
      reason,
      before: { status: delivery.status, attempts: delivery.attempts },
    });
  });
}

export function notDead(): Error {
  return conflict('The delivery is no dead letter.', { resource: 'webhook_delivery', field: 'status' });
}

async function whyNot(db: Database, id: string, from: readonly DeliveryStatus[]): Promise<Error> {
  const now = await findDelivery(db, id, null);
  if (now && !from.includes(now.status)) {
    return conflict(`The delivery is ${now.status}.`, { resource: 'webhook_delivery', field: 'status' });
  }
  return conflict('The endpoint is disabled. Take it back into service with active: true first.', {
    resource: 'webhook_endpoint',
    field: 'disabled_at',
  });
}

const batchSize = 5_000; // each in a transaction of its own, so that no limit of the database ends a large window
export const mostReplayed = 10_000;
export const paceMs = 20; // fifty a second: whoever asks may not be the one whose server gets them

/** Sends again what ended in a window, at a steady pace. Answers how many; 400 for more than one call may ask for. */
export async function replayAll(
  pool: Pool,
  window: ReplayWindow,
  { actor, reason, accountId }: Asker & { accountId: string },
): Promise<number> {
  const asked = await deliveriesInWindow(pool, window, { after: null, limit: mostReplayed + 1 });
  if (asked.length > mostReplayed) {
    throw invalidField('since', `more than ${mostReplayed} deliveries ended since then: choose a shorter window`);
  }
  let replayed = 0;
  let after: Position | null = null;
  for (;;) {
    const batch: Position[] = await deliveriesInWindow(pool, window, { after, limit: batchSize });
    const ids = batch.map(({ id }) => id);
    replayed += await inTransaction(pool, async (db) => {
      const count = await replayDeliveries(db, ids, { statuses: window.statuses, after: replayed, everyMs: paceMs });
      if (count === 0) return 0; // nothing was sent again
      const { since, until, statuses } = window;
      await appendAudit(db, {
        actor,
        action: 'webhook_delivery.replayed',
        accountId,
        subject: publicId('endpoint', window.endpointId),
        reason,
        after: { since, until, statuses, replayed: count },
      });
      return count;
    });
    if (batch.length < batchSize) return replayed;
    after = batch.at(-1) ?? null;
  }
}
