import pg from 'pg';
import type { Payment, ShopOrder } from './shop.js';

export interface StoredOrder {
  readonly id: string;
  readonly status: 'pending' | 'paid' | 'failed';
  readonly payment_id: string | null;
  readonly address: string | null;
}

export type Ledger = ReturnType<typeof openLedger>;

/** The tables that every rival writes: an order, what it granted, its receipt. One statement, one commit each. */
export function openLedger(databaseUrl: string, max = 10) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max, idleTimeoutMillis: 300_000 }); // others take their turns meanwhile
  pool.on('error', () => undefined); // it is replaced by the next
  return {
    pool,
    prepare: () => pool.query(schema),
    async insert({ orderId, priceCents }: ShopOrder): Promise<void> {
      const sql = `insert into orders (id, price_cents, status) values ($1, $2, 'pending') on conflict do nothing`;
      await pool.query(sql, [orderId, priceCents]);
    },
    async bind(orderId: string, payment: Payment): Promise<void> {
      const sql = `update orders set payment_id = $2, address = $3, amount = $4 where id = $1 and payment_id is null`;
      await pool.query(sql, [orderId, payment.paymentId, payment.address, payment.amount]);
    },
    async find(orderId: string): Promise<StoredOrder> {
      const { rows } = await pool.query<StoredOrder>('select * from orders where id = $1', [orderId]);
      if (rows[0] === undefined) throw new Error(`no order ${orderId}`);
      return rows[0];
    },
    async end(orderId: string, status: 'paid' | 'failed'): Promise<void> {
      await pool.query(`update orders set status = $2 where id = $1 and status = 'pending'`, [orderId, status]);
    },
    async grant(orderId: string): Promise<void> {
      await pool.query('insert into entitlements (order_id) values ($1) on conflict do nothing', [orderId]);
    },
    async receipt(orderId: string, payment: Payment): Promise<void> {
      const sql = 'insert into receipts (order_id, content) values ($1, $2) on conflict do nothing';
      await pool.query(sql, [orderId, JSON.stringify(payment)]);
    },
    async note(orderId: string, content: object): Promise<void> {
      await pool.query('insert into notices (order_id, content) values ($1, $2)', [orderId, JSON.stringify(content)]);
    },
  };
}

const schema = `
  create table if not exists orders (
    id text primary key, price_cents int not null, status text not null,
    payment_id text, address text, amount text, created_at timestamptz not null default now()
  );
  create table if not exists entitlements (order_id text primary key references orders, at timestamptz default now());
  create table if not exists receipts (order_id text primary key references orders, content jsonb not null);
  create table if not exists notices (
    id bigint generated always as identity primary key, order_id text not null, content jsonb not null,
    at timestamptz not null default now()
  );
  create table if not exists timers (
    order_id text primary key references orders, due_at timestamptz not null, what text not null, every_ms int not null
  );
  create index if not exists timers_due on timers (due_at);
`;
