import type { CaseKind } from '../../domain/cases/support-case.js';
import type { FailedReason } from '../../domain/failed-reason.js';
import type { EventSource, OrderStatus } from '../../domain/order.js';
import type { Stub } from '../../domain/stub.js';
import { orderColumns, type OrderRow } from './orders.js';
import type { Database } from '../pool.js';
import { execute, maybeOne, one } from '../query.js';
import { resolvingCases, storedResolution } from '../support/support-cases.js';

/** Notes that the order's workflow has run for it. */
export function markOpened(db: Database, id: string): Promise<number> {
  return execute(db, 'update orders set opened_at = now() where id = $1 and opened_at is null', [id]);
}

/**
 * The provider refused for good, or there is none: the order goes on without an address until it expires. Answers the order as
 * it now is; null: an earlier attempt said so already.
 */
export function makeStub(db: Database, id: string, { reason, minimum }: Stub): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(
    db,
    `update orders o set provider = 'stub', stub_reason = $2, stub_minimum = $3, stub_minimum_currency = $4, updated_at = now(),
       opened_at = coalesce(opened_at, now())
     where id = $1 and provider = 'nowpayments' and payment_id is null returning ${orderColumns}`,
    [id, reason, minimum?.amount ?? null, minimum?.currency ?? null],
  );
}

export interface StatusMove {
  readonly id: string;
  readonly from: OrderStatus;
  readonly to: OrderStatus;
  readonly at: string;
  readonly partialUntil: string | null;
  readonly failedReason: FailedReason | null;
  readonly line: TimelineLine;
  readonly answers: readonly CaseKind[]; // kinds of case that have their answer by the move
}

/** What the timeline says of a move. */
export interface TimelineLine {
  readonly source: EventSource;
  readonly event: string;
  readonly runId: string | null;
  readonly factId: string | null;
  readonly detail: Record<string, unknown>;
}

export interface Moved {
  readonly order: OrderRow; // as it now is
  readonly hasCases: boolean; // open or answered
}

const answeredByMove = 'order_id = $1 and kind = any ($12) and exists (select 1 from moved)';

/**
 * Moves the status if it is still `from`, with the line of the timeline and the answer to cases that it is. Null: it was not. The
 * order's row is locked by it, so the next number of the timeline is ours alone.
 */
export async function moveStatus(db: Database, move: StatusMove): Promise<Moved | null> {
  const { line, to, at, answers } = move;
  const resolution = { action: 'settled', reason: `the order moved to ${to}`, actor: 'system:order-workflow' };
  const row = await maybeOne<OrderRow & { hasCases: boolean }>(
    db,
    `with moved as (
       update orders o set status = $3::text, version = version + 1, updated_at = $4::timestamptz,
         confirming_since = case when $3::text = 'confirming' then $4::timestamptz else confirming_since end,
         partial_until = case when $3::text = 'partial' then $5::timestamptz else partial_until end,
         paid_at = case when $3::text = 'paid' then $4::timestamptz end,
         closed_at = case when $3::text in ('paid', 'failed', 'cancelled') then $4::timestamptz end,
         failed_reason = case when $3::text = 'failed' then $6::text else failed_reason end
       where id = $1 and status = $2 returning ${orderColumns}
     ), line as (
       insert into order_events (order_id, seq, status, source, event, at, run_id, fact_id, detail)
       select m.id, (select coalesce(max(seq), 0) + 1 from order_events where order_id = m.id), m.status, $7, $8,
         $4::timestamptz, $9, $10, $11 from moved m
     ), answered as (
       ${resolvingCases({ where: answeredByMove, resolution: '$13', at: '$4::timestamptz' })}
     )
     select *, exists (select 1 from support_cases c where c.order_id = moved.id) as "hasCases" from moved`,
    [
      move.id,
      move.from,
      to,
      at,
      move.partialUntil,
      move.failedReason,
      line.source,
      line.event,
      line.runId,
      line.factId,
      line.detail,
      answers,
      storedResolution({ ...resolution, approvedBy: null, at }),
    ],
  );
  if (row === null) return null;
  const { hasCases, ...order } = row;
  return { order, hasCases };
}

/** A visible change that is no move: a late deposit raises the version, a new fact only the time. */
export function touchOrder(
  db: Database,
  id: string,
  { at, visible }: { at: string; visible: boolean },
): Promise<OrderRow> {
  return one<OrderRow>(
    db,
    `update orders o set updated_at = $2, version = version + $3 where o.id = $1 returning ${orderColumns}`,
    [id, at, visible ? 1 : 0],
  );
}

export function setTopUpFloor(db: Database, id: string, floor: string): Promise<number> {
  return execute(db, 'update orders set top_up_floor = $2 where id = $1', [id, floor]);
}

/** The partial window runs on, since more is on its way. Null: the order waits no more. */
export function extendPartialWindow(db: Database, id: string, until: string): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(
    db,
    `update orders o set partial_until = $2 where o.id = $1 and o.status = 'partial' returning ${orderColumns}`,
    [id, until],
  );
}

/** The instants that the clocks of a test order run to come nearer; what it has lived through stays where it was. */
export function bringNearer(db: Database, id: string, { byMs, at }: { byMs: number; at: string }): Promise<OrderRow> {
  return one<OrderRow>(
    db,
    `update orders o set expires_at = expires_at - $2::interval, partial_until = partial_until - $2::interval,
       confirming_since = confirming_since - $2::interval, version = version + 1, updated_at = $3
     where o.id = $1 and o.mode = 'test' returning ${orderColumns}`,
    [id, `${byMs} milliseconds`, at],
  );
}

/** Fills a payment id that was never bound, from late money (docs/contract.md, "Late money"). Null: there is one. */
export function fillPaymentId(db: Database, id: string, paymentId: string): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(
    db,
    `update orders o set payment_id = $2 where o.id = $1 and o.payment_id is null returning ${orderColumns}`,
    [id, paymentId],
  );
}

export function setCustomerNote(db: Database, id: string, note: string | null, at: string): Promise<OrderRow> {
  return one<OrderRow>(
    db,
    `update orders o set customer_note = $2, updated_at = $3, version = version + 1 where o.id = $1
     returning ${orderColumns}`,
    [id, note, at],
  );
}

export function setInternalNote(db: Database, id: string, note: string | null): Promise<OrderRow> {
  return one<OrderRow>(db, `update orders o set internal_note = $2 where o.id = $1 returning ${orderColumns}`, [
    id,
    note,
  ]);
}

export function markProviderChecked(db: Database, id: string): Promise<number> {
  return execute(db, 'update orders set provider_checked_at = now() where id = $1', [id]);
}
