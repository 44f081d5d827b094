-- Up Migration, outside a transaction

-- Operators' lists without an account: by mode and status, newest first. The plain index by age has no reader left.
create index concurrently if not exists orders_by_mode on orders (mode, status, created_at desc, id);

-- Step
drop index concurrently if exists orders_newest;

-- Step
-- What waits to be paid, by age: its value, and what a sweep begins with.
create index concurrently if not exists orders_pending on orders (mode, created_at, id)
  include (price_cents, price_currency) where status = 'pending';

-- Step
-- Search finds a part of a text in any case. How far "any case" reaches depends on the server: Unicode where it knows it.
create extension if not exists pg_trgm;
do $$
declare
  fold text := (
    select collname from pg_collation
    where collname in ('pg_unicode_fast', 'pg_c_utf8', 'und-x-icu')
    order by array_position(array['pg_unicode_fast', 'pg_c_utf8', 'und-x-icu'], collname::text) limit 1
  );
begin
  execute format(
    'create or replace function search_fold(given text) returns text language sql immutable parallel safe as %L',
    case when fold is null then 'select lower(given)' else format('select lower(given collate %I)', fold) end
  );
end $$;

-- Step
-- Beside the orders, so that the moves of an order do not touch the large index of its text.
create table if not exists order_search (
  order_id text primary key references orders on delete cascade,
  created_at instant not null,
  folded text not null
);
alter table order_search alter column folded set statistics 1000; -- the planner weighs walking against the index by it

create or replace function searched_text(o orders) returns text language sql stable parallel safe as $$
  select search_fold(concat_ws(E'\n', o.id, o.product, o.customer_reference, o.customer_note))
$$;

create or replace function note_order_text() returns trigger language plpgsql as $$
begin
  insert into order_search (order_id, created_at, folded) values (new.id, new.created_at, searched_text(new))
    on conflict (order_id) do update set created_at = excluded.created_at, folded = excluded.folded;
  return null;
end $$;
create or replace trigger orders_searchable after insert on orders for each row execute function note_order_text();
create or replace trigger orders_searchable_again after update of created_at, product, customer_reference, customer_note on orders
  for each row execute function note_order_text();

-- Step
-- The orders from before the triggers, two hundred at a time. Each is held against a change until its text is written.
do $$
declare
  done_to text := '';
  upto text;
begin
  loop
    select max(id) into upto from (select id from orders where id > done_to order by id limit 200) batch;
    exit when upto is null;
    insert into order_search (order_id, created_at, folded)
      select o.id, o.created_at, searched_text(o) from orders o where o.id > done_to and o.id <= upto
      order by o.id for key share
      on conflict (order_id) do nothing;
    commit;
    done_to := upto;
  end loop;
end $$;

-- Step
create index concurrently if not exists order_search_newest on order_search (created_at desc, order_id);

-- Step
create index concurrently if not exists order_search_text on order_search using gin (folded gin_trgm_ops)
  with (gin_pending_list_limit = 512);

-- Step
-- Totals by day, so that figures over millions of orders cost as much as over a few. A change is a line of its own: no
-- checkout waits for another's. Lines are folded into the totals from time to time; read together they are exact always.
create table if not exists order_figures (
  mode text not null,
  day date not null, -- of creation, UTC
  status text not null,
  product text not null,
  price_currency text not null,
  orders bigint not null,
  price_cents bigint not null,
  paid_ms bigint not null, -- from creation to paid, summed
  primary key (mode, day, status, product, price_currency)
);
create table if not exists order_figure_changes (like order_figures);
create or replace view order_figures_now as
  select mode, day, status, product, price_currency, orders, price_cents, paid_ms from order_figures
  union all
  select mode, day, status, product, price_currency, orders, price_cents, paid_ms from order_figure_changes;

create or replace function counted_order(o orders, factor bigint) returns order_figure_changes language sql stable as $$
  select o.mode, (o.created_at at time zone 'UTC')::date, o.status, o.product, o.price_currency, factor,
    factor * o.price_cents, factor * coalesce(round(extract(epoch from o.paid_at - o.created_at) * 1000)::bigint, 0)
$$;

create or replace function count_order() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    insert into order_figure_changes select * from counted_order(old, -1);
  end if;
  if tg_op <> 'DELETE' then
    insert into order_figure_changes select * from counted_order(new, 1);
  end if;
  return null;
end $$;
create or replace trigger orders_counted after insert or delete on orders for each row execute function count_order();
create or replace trigger orders_counted_again
  after update of mode, status, product, price_cents, price_currency, paid_at, created_at on orders
  for each row when ((old.mode, old.status, old.product, old.price_cents, old.price_currency, old.paid_at, old.created_at)
    is distinct from (new.mode, new.status, new.product, new.price_cents, new.price_currency, new.paid_at, new.created_at))
  execute function count_order();

-- Step
-- The orders from before the triggers. Of one snapshot are the orders that are counted and the changes that go, since
-- those are counted with them; whatever comes later leaves a line of its own. So nobody has to stand still for the count.
begin isolation level repeatable read;
delete from order_figures;
insert into order_figures
  select c.mode, c.day, c.status, c.product, c.price_currency, sum(c.orders), sum(c.price_cents), sum(c.paid_ms)
  from orders o, lateral counted_order(o, 1) c group by 1, 2, 3, 4, 5;
delete from order_figure_changes;
commit;

-- Step
-- The audit log by what was done and by whom.
create index concurrently if not exists audit_log_by_action on audit_log (action, seq desc);

-- Step
create index concurrently if not exists audit_log_by_actor on audit_log (actor, seq desc);

-- Down Migration
-- Forward only.
