-- Up Migration

-- Operators' lists without an account: by mode and status, newest first. The plain index by age has no reader left.
create index orders_by_mode on orders (mode, status, created_at desc, id);
drop index orders_newest;
-- What waits to be paid, by age: its value, and what a sweep begins with.
create index orders_pending on orders (mode, created_at, id) include (price_cents, price_currency)
  where status = 'pending';

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
    'create function search_fold(given text) returns text language sql immutable parallel safe as %L',
    case when fold is null then 'select lower(given)' else format('select lower(given collate %I)', fold) end
  );
end $$;

-- Beside the orders, so that the moves of an order do not touch the large index of its text.
create table order_search (
  order_id text primary key references orders on delete cascade,
  created_at instant not null,
  folded text not null
);
alter table order_search alter column folded set statistics 1000; -- the planner weighs walking against the index by it

create function searched_text(o orders) returns text language sql stable parallel safe as $$
  select search_fold(concat_ws(E'\n', o.id, o.product, o.customer_reference, o.customer_note))
$$;

create function note_order_text() returns trigger language plpgsql as $$
begin
  insert into order_search (order_id, created_at, folded) values (new.id, new.created_at, searched_text(new))
    on conflict (order_id) do update set created_at = excluded.created_at, folded = excluded.folded;
  return null;
end $$;
create trigger orders_searchable after insert on orders for each row execute function note_order_text();
create trigger orders_searchable_again after update of created_at, product, customer_reference, customer_note on orders
  for each row execute function note_order_text();

insert into order_search (order_id, created_at, folded) select o.id, o.created_at, searched_text(o) from orders o;
create index order_search_newest on order_search (created_at desc, order_id);
create index order_search_text on order_search using gin (folded gin_trgm_ops) with (gin_pending_list_limit = 512);

-- Totals by day, so that figures over millions of orders cost as much as over a few. A change is a line of its own: no
-- checkout waits for another's. Lines are folded into the totals from time to time; read together they are exact always.
create table order_figures (
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
create table order_figure_changes (like order_figures);
create view order_figures_now as
  select mode, day, status, product, price_currency, orders, price_cents, paid_ms from order_figures
  union all
  select mode, day, status, product, price_currency, orders, price_cents, paid_ms from order_figure_changes;

create function counted_order(o orders, factor bigint) returns order_figure_changes language sql stable as $$
  select o.mode, (o.created_at at time zone 'UTC')::date, o.status, o.product, o.price_currency, factor,
    factor * o.price_cents, factor * coalesce(round(extract(epoch from o.paid_at - o.created_at) * 1000)::bigint, 0)
$$;

create function count_order() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    insert into order_figure_changes select * from counted_order(old, -1);
  end if;
  if tg_op <> 'DELETE' then
    insert into order_figure_changes select * from counted_order(new, 1);
  end if;
  return null;
end $$;
create trigger orders_counted after insert or delete on orders for each row execute function count_order();
create trigger orders_counted_again
  after update of mode, status, product, price_cents, price_currency, paid_at, created_at on orders
  for each row when ((old.mode, old.status, old.product, old.price_cents, old.price_currency, old.paid_at, old.created_at)
    is distinct from (new.mode, new.status, new.product, new.price_cents, new.price_currency, new.paid_at, new.created_at))
  execute function count_order();

insert into order_figures
  select c.mode, c.day, c.status, c.product, c.price_currency, sum(c.orders), sum(c.price_cents), sum(c.paid_ms)
  from orders o, lateral counted_order(o, 1) c group by 1, 2, 3, 4, 5;

-- The audit log by what was done and by whom.
create index audit_log_by_action on audit_log (action, seq desc);
create index audit_log_by_actor on audit_log (actor, seq desc);

-- Down Migration
-- Forward only.
