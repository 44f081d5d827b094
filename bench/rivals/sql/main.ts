import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { openDoors } from '../doors.js';
import { openLedger } from '../ledger.js';
import { readSettings } from '../settings.js';
import { createShop, isOver, isPaid } from '../shop.js';

// Guarantees: what is committed goes on after a crash, by the timer table. A crash between mint and bind makes a second
// payment; the merchant may be told twice; nobody sees what an order waits for but who reads the tables.
const settings = readSettings(process.env);
const ledger = openLedger(settings.databaseUrl);
const shop = createShop(settings);
const { pool } = ledger;
const inTurn = pLimit(16);

async function look(orderId: string): Promise<void> {
  const order = await ledger.find(orderId);
  if (order.status !== 'pending' || order.payment_id === null) return;
  const payment = await shop.read(order.payment_id);
  if (isPaid(payment)) await settle(orderId, JSON.stringify(payment));
  else if (isOver(payment)) await close(orderId);
}

async function settle(orderId: string, receipt: string): Promise<void> {
  const db = await pool.connect();
  try {
    await db.query('begin');
    const moved = await db.query(`update orders set status = 'paid' where id = $1 and status = 'pending'`, [orderId]);
    if (moved.rowCount === 1) {
      await db.query('insert into entitlements (order_id) values ($1)', [orderId]);
      await db.query('insert into receipts (order_id, content) values ($1, $2)', [orderId, receipt]);
      await db.query(`update timers set due_at = now(), what = 'tell' where order_id = $1`, [orderId]);
    }
    await db.query('commit');
    if (moved.rowCount === 1) void inTurn(() => tell(orderId)).catch(complain);
  } catch (failure) {
    await db.query('rollback');
    throw failure;
  } finally {
    db.release();
  }
}

async function tell(orderId: string): Promise<void> {
  await shop.tell(orderId);
  await pool.query('delete from timers where order_id = $1', [orderId]);
}

async function close(orderId: string): Promise<void> {
  await ledger.end(orderId, 'failed');
  await pool.query('delete from timers where order_id = $1', [orderId]);
}

/** Due timers, a few at a time: a look at the provider, or telling the merchant once more. */
async function timers(): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ order_id: string; what: string }>(
      `update timers set due_at = now() + every_ms * interval '1 millisecond'
       where order_id in (select order_id from timers where due_at <= now() order by due_at limit 100 for update skip locked)
       returning order_id, what`,
    );
    const due = rows.map((row) => inTurn(() => (row.what === 'tell' ? tell(row.order_id) : look(row.order_id))));
    for (const outcome of await Promise.allSettled(due)) if (outcome.status === 'rejected') complain(outcome.reason);
    if (rows.length < 100) await pause(1_000);
  }
}

function complain(failure: unknown): void {
  console.error(failure);
}

await openDoors(
  {
    async checkout(order) {
      await ledger.insert(order);
      const known = await ledger.find(order.orderId);
      if (known.address !== null) return { address: known.address };
      const payment = await shop.mint(order);
      await ledger.bind(order.orderId, payment);
      const sql = `insert into timers (order_id, due_at, what, every_ms)
                   values ($1, now() + $2 * interval '1 millisecond', 'look', $2) on conflict do nothing`;
      await pool.query(sql, [order.orderId, order.pollEveryMs]);
      return { address: payment.address };
    },
    async notice({ orderId, ...content }) {
      await ledger.note(orderId, content);
      void inTurn(() => look(orderId)).catch(complain);
    },
  },
  settings,
);
await timers();
