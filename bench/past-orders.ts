import type pg from 'pg';

export interface Past {
  readonly rows: number;
  readonly accounts: number;
  readonly say: (line: string) => void;
}

/**
 * A year of orders, as the past would have left them: a few large accounts and many small ones, one order in twenty a test,
 * half with a reference, a tenth with a note. Without indexes and triggers while it writes; all of them are there at the end.
 */
export async function writePast(client: pg.Client, { rows, accounts, say }: Past): Promise<void> {
  await client.query('set session_replication_role = replica'); // no triggers, no foreign keys: seconds instead of hours
  await client.query("set maintenance_work_mem = '512MB'");
  const indexes = await dropIndexes(client, ['orders', 'order_search']);
  await step(say, `${accounts} accounts`, () => client.query(accountsSql, [accounts]));
  const share = 500_000;
  for (let done = 0; done < rows; done += share) {
    const upTo = Math.min(rows, done + share);
    await step(say, `orders ${done + 1} to ${upTo}`, () => client.query(ordersSql, [rows, accounts, done + 1, upTo]));
  }
  await step(say, 'the text to search', () => client.query(searchSql));
  await step(say, 'totals by day', () => client.query(figuresSql));
  for (const { name, definition } of indexes) await step(say, `index ${name}`, () => client.query(definition));
  await client.query('reset session_replication_role');
  for (const table of ['orders', 'order_search', 'order_figures'])
    await step(say, `vacuum ${table}`, () => client.query(`vacuum (analyze) ${table}`));
}

async function step(say: Past['say'], what: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = Date.now();
  await work();
  say(`  ${what}: ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

interface Index {
  readonly name: string;
  readonly definition: string;
}

/** All but those of constraints; answers how to make them again. */
async function dropIndexes(client: pg.Client, tables: readonly string[]): Promise<Index[]> {
  const { rows } = await client.query<Index>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
     where i.indrelid::regclass::text = any ($1) and c.oid is null`,
    [tables],
  );
  for (const { name } of rows) await client.query(`drop index ${name}`);
  return rows;
}

const accountsSql = `insert into accounts (id, name) select md5('account' || n)::uuid, 'Account ' || n
  from generate_series(1, $1::int) n`;

// An odd factor modulo 2^48 gives each number an id of its own that looks drawn.
const ordersSql = `
  insert into orders (id, account_id, mode, product, price_cents, price_currency, status, provider, requested_coin,
    payment_id, pay_currency, pay_amount, pay_amount_text, pay_address, network, address_sha256, opened_at,
    customer_note, customer_reference, pay_token, version, expires_at, partial_until, paid_at, closed_at, failed_reason,
    created_at, updated_at)
  select 'ord_' || lpad(to_hex((n * 549755813881) & 281474976710655), 12, '0'),
    md5('account' || 1 + floor($2::int * power((n * 7919 % 1000) / 1000.0, 3)))::uuid,
    case when n % 20 = 0 then 'test' else 'live' end,
    (array['solo_manual', 'team_manual', 'agency_manual', 'api_starter', 'api_builder', 'api_scale'])[1 + n * 7 % 6],
    (array[7900, 24900, 69900, 14900, 49900, 149900])[1 + n * 7 % 6],
    case when n % 10 < 3 then 'EUR' else 'USD' end, status, 'nowpayments', 'usdttrc20', 5000000000 + n, 'usdttrc20', 49.1,
    '49.1', 'T' || md5('address' || n), 'trx', md5('a' || n) || md5('b' || n), at,
    case when n % 10 = 0 then 'Order of customer ' || md5('note' || n) end,
    case when n % 2 = 0 then 'INV-' || lpad(n::text, 9, '0') end, md5('t' || n) || md5('u' || n), 3, at + interval '1 hour',
    case when status = 'partial' then at + interval '7 days' end, case when status = 'paid' then at + interval '5 min' end,
    case when status in ('paid', 'failed', 'cancelled') then at + interval '6 min' end,
    case when status = 'failed' then 'expired' end, at, at + interval '6 min'
  from generate_series($3::bigint, $4::bigint) n,
    lateral (select (now() - ($1::bigint - n) * (interval '365 days' / $1::bigint))::timestamptz(3) as at) born,
    lateral (select case when at > now() - interval '1 hour' or n % 5000 = 1 then 'pending' when n % 1000 = 0 then 'partial'
      when n % 1000 < 700 then 'paid' when n % 1000 < 960 then 'failed' else 'cancelled' end as status) stands`;

const searchSql = `insert into order_search (order_id, created_at, folded)
  select o.id, o.created_at, searched_text(o) from orders o order by o.created_at`;

const figuresSql = `insert into order_figures
  select c.mode, c.day, c.status, c.product, c.price_currency, sum(c.orders), sum(c.price_cents), sum(c.paid_ms)
  from orders o, lateral counted_order(o, 1) c group by 1, 2, 3, 4, 5`;
