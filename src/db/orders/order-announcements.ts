import { setTimeout as pause } from 'node:timers/promises';
import type { OrderStatus } from '../../domain/order.js';
import { dedicatedConnection, type Connection, type Database, type Pool } from '../pool.js';
import { many, selectList } from '../query.js';

const channel = 'order_changed'; // a trigger on orders notifies it, with the id as payload
const patienceMs = 5_000;

export interface Listener {
  /** Throws when the connection is dead: a broken network does not always say so. */
  check(): Promise<void>;
  end(): Promise<void>;
}

export interface ListenerEvents {
  readonly onChange: (orderId: string) => void;
  /** The connection is gone, and with it whatever was announced since. Called once, never after `end`. */
  readonly onLost: (failure: Error) => void;
}

/** Hears of every changed order, on a connection of its own. */
export async function listenToOrders(pool: Pool, { onChange, onLost }: ListenerEvents): Promise<Listener> {
  const connection = dedicatedConnection(pool, 'listen');
  let isOver = false;
  const lose = (failure: Error) => {
    if (isOver) return;
    isOver = true;
    onLost(failure);
  };
  connection.on('error', lose);
  connection.on('end', () => lose(new Error('the connection ended')));
  connection.on('notification', ({ payload }) => payload && onChange(payload));
  const end = async () => {
    isOver = true;
    // It may be the broken one, or of a server that does not answer a goodbye either.
    await Promise.race([connection.end().catch(() => {}), pause(patienceMs, undefined, { ref: false })]);
  };
  try {
    await connection.connect();
    await connection.query(`listen ${channel}`);
  } catch (failure) {
    await end();
    throw failure;
  }
  return { end, check: () => answered(connection) };
}

async function answered(connection: Connection): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the listening connection does not answer')), patienceMs);
  });
  await Promise.race([connection.query('select 1'), tooLate]).finally(() => clearTimeout(timer));
}

/** What changes whenever a page would: enough to tell who must look again. */
export interface OrderMark {
  readonly id: string;
  readonly status: OrderStatus;
  readonly version: number;
  readonly updatedAt: string;
}

export const orderMarkColumns = selectList<OrderMark>({
  id: 'id',
  status: 'status',
  version: 'version',
  updatedAt: 'updated_at',
});

export function orderMarks(db: Database, ids: readonly string[]): Promise<OrderMark[]> {
  return many<OrderMark>(db, `select ${orderMarkColumns} from orders where id = any ($1)`, [ids]);
}
