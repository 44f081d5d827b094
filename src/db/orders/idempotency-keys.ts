import { randomInt } from 'node:crypto';
import type { Mode } from '../../domain/ids.js';
import { orderColumns, type OrderRow } from './orders.js';
import type { Database } from '../pool.js';
import { execute, maybeOne, one } from '../query.js';

const slots = 16;

/** A row of the counters that few others are writing at this moment. */
export function anyCounterSlot(): number {
  return randomInt(slots);
}

export interface KeyedOrder {
  readonly order: OrderRow;
  readonly fingerprint: string;
}

/** The order that a key stands for, with the fingerprint of the body it came with. */
export async function findKeyedOrder(
  db: Database,
  { accountId, mode, key }: { accountId: string; mode: Mode; key: string },
): Promise<KeyedOrder | null> {
  const row = await maybeOne<OrderRow & { fingerprint: string }>(
    db,
    `select ${orderColumns}, k.fingerprint from idempotency_keys k join orders o on o.id = k.order_id
     where k.account_id = $1 and k.mode = $2 and k.key = $3`,
    [accountId, mode, key],
  );
  if (!row) return null;
  const { fingerprint, ...order } = row;
  return { order, fingerprint };
}

export function countReplay(db: Database, { otherBody }: { otherBody: boolean }): Promise<number> {
  return execute(
    db,
    `update idempotency_counters set replays = replays + 1, body_mismatches = body_mismatches + $2 where slot = $1`,
    [anyCounterSlot(), otherBody ? 1 : 0],
  );
}

/** A strict account refused another body under a stored key. */
export function countRefusedBody(db: Database): Promise<number> {
  return execute(db, 'update idempotency_counters set body_mismatches = body_mismatches + 1 where slot = $1', [
    anyCounterSlot(),
  ]);
}

export interface IdempotencyCounters {
  readonly firstWrites: number;
  readonly replays: number;
  readonly bodyMismatches: number;
}

export function idempotencyCounters(db: Database): Promise<IdempotencyCounters> {
  return one<IdempotencyCounters>(
    db,
    `select sum(first_writes)::bigint as "firstWrites", sum(replays)::bigint as replays,
       sum(body_mismatches)::bigint as "bodyMismatches" from idempotency_counters`,
  );
}
