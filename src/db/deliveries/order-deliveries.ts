import type { DeliveryStatus } from '../../domain/delivery.js';
import type { Database } from '../pool.js';
import { many, selectList } from '../query.js';

/** A delivery with the address it goes to. */
export interface AddressedDelivery {
  readonly id: string;
  readonly eventType: string;
  readonly url: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly lastResponseStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: string;
}

export const addressedColumns = selectList<AddressedDelivery>({
  id: 'd.id',
  eventType: 'e.type',
  url: 'w.url',
  status: 'd.status',
  attempts: 'd.attempts',
  nextAttemptAt: 'd.next_attempt_at',
  lastResponseStatus: 'd.last_response_status',
  lastError: 'd.last_error',
  createdAt: 'd.created_at',
});
const tables = `deliveries d join outgoing_events e on e.id = d.event_id
  join webhook_endpoints w on w.id = d.endpoint_id`;

/** Everything that was sent, or shall be sent, about one order, oldest first. */
export function deliveriesOfOrder(db: Database, orderId: string): Promise<AddressedDelivery[]> {
  return many<AddressedDelivery>(
    db,
    `select ${addressedColumns} from ${tables} where e.order_id = $1 order by e.created_at, d.created_at, d.id`,
    [orderId],
  );
}

/** These deliveries, in the order of their ids. */
export function addressedDeliveries(db: Database, ids: readonly string[]): Promise<AddressedDelivery[]> {
  return many<AddressedDelivery>(
    db,
    `select ${addressedColumns} from ${tables} where d.id = any ($1) order by array_position($1::uuid[], d.id)`,
    [ids],
  );
}
