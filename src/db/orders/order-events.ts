import type { EventSource, OrderStatus } from '../../domain/order.js';
import type { Database } from '../pool.js';
import { many, selectList } from '../query.js';

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

/** The timeline of each of these orders, oldest first. */
export function orderEventsOf(db: Database, orderIds: readonly string[]): Promise<OrderEventRow[]> {
  return many<OrderEventRow>(
    db,
    `select ${orderEventColumns} from order_events
     where order_id = any ($1) order by order_id, seq`,
    [orderIds],
  );
}
