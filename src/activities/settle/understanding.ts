import type { Situation } from '../../domain/facts/meaning.js';
import type { OrderRecord } from '../../db/orders/order-record.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { OrderDependencies } from '../dependencies.js';

/** A fact on its way to its meaning: what the order is judged by, and whom to ask about the rest. */
export interface Understanding {
  readonly deps: Pick<OrderDependencies, 'pool' | 'gateway' | 'providerAccount' | 'alarms' | 'now'>;
  readonly order: OrderRow; // as it is on record
  readonly record: OrderRecord;
  readonly situation: Situation;
  readonly attempt: number; // of the activity, from 1
}
