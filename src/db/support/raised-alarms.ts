import type { AlarmName } from '../../domain/alarms.js';
import type { Database } from '../pool.js';
import { execute } from '../query.js';

/** Whether nobody was woken for this yet; whoever asks first is to do it. */
export async function isFirstAlarm(
  db: Database,
  { orderId, alarm, about }: { orderId: string; alarm: AlarmName; about: string },
): Promise<boolean> {
  const inserted = await execute(
    db,
    'insert into raised_alarms (order_id, alarm, about) values ($1, $2, $3) on conflict do nothing',
    [orderId, alarm, about],
  );
  return inserted === 1;
}
