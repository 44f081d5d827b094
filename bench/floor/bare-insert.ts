import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { queryOnce } from '../../scripts/dev/postgres.js';

/** One committed row, and nothing else, on the same server: what a checkout cannot be faster than. */
export async function openBareTable(databaseUrl: string) {
  const name = `bench_floor_${process.pid}`;
  await queryOnce(databaseUrl, `create database ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 10 });
  await pool.query('create table rows (id text primary key, content jsonb not null, at timestamptz not null)');
  const content = JSON.stringify({ product: 'team_manual', price_cents: 4900, price_currency: 'USD' });
  return {
    async insert(): Promise<void> {
      await pool.query('insert into rows (id, content, at) values ($1, $2, now())', [randomUUID(), content]);
    },
    async drop(): Promise<void> {
      await pool.end();
      await queryOnce(databaseUrl, `drop database ${name}`);
    },
  };
}
