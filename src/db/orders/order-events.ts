import type { EventSource, OrderStatus } from '../../domain/order.js';
import type { Database } from '../pool.js';
import { execute, many, selectList } from '../query.js';

export interface OrderEventRow {
  readonly orderId: string;
  readonly seq: number;
  readonly status: OrderStatus;
  readonly source: EventSource;
  readonly event: string;
  readonly at: string;
  readonly runId: string | null;
  readonly factId: string | null;
  readonly detail: Record<string, unknown>;
}

export const orderEventColumns = selectList<OrderEventRow>({
  orderId: 'order_id',
  seq: 'seq',
  status: 'status',
  source: 'source',
  event: 'event',
  at: 'at',
  runId: 'run_id',
  factId: 'fact_id',
  detail: 'detail',
});

export interface NewOrderEvent {
  readonly orderId: string;
  readonly status: OrderStatus;
  readonly source: EventSource;
  readonly event: string;
  readonly at: string;
  readonly runId: string | null;
  readonly factId: string | null;
  readonly detail: Record<string, unknown>;
}

/** Adds a line to the timeline. The order's row is locked by the caller, so the next number is ours alone. */
export function appendOrderEvent(db: Database, line: NewOrderEvent): Promise<number> {
  return execute(
    db,
    `insert into order_events (order_id, seq, status, source, event, at, run_id, fact_id, detail)
     select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from order_events where order_id = $1`,
    [line.orderId, line.status, line.source, line.event, line.at, line.runId, line.factId, line.detail],
  );
}

/** The timeline of each of these orders, oldest first. */
export function orderEventsOf(db: Database, orderIds: readonly string[]): Promise<OrderEventRow[]> {
  return many<OrderEventRow>(
    db,
    `select ${orderEventColumns} from order_events
     where order_id = any ($1) order by order_id, seq`,
    [orderIds],
  );
}
