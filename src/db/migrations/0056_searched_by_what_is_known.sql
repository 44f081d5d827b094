-- Up Migration, outside a transaction

-- What merchants keep with an order, value by value, folded as the text beside it: a mail address, an invoice. Whole values, since
-- they may be long and many; and nothing where there are none, so that an order without them costs what it did.
alter table order_search add column if not exists words text[];

create or replace function searched_words(o orders) returns text[] language sql stable parallel safe as $$
  select array_agg(distinct search_fold(btrim(value))) from jsonb_each_text(o.metadata) where btrim(value) <> ''
$$;

create or replace function note_order_text() returns trigger language plpgsql as $$
begin
  insert into order_search (order_id, created_at, folded, words)
    values (new.id, new.created_at, searched_text(new), case when new.metadata <> '{}' then searched_words(new) end)
    on conflict (order_id) do update
      set created_at = excluded.created_at, folded = excluded.folded, words = excluded.words;
  return null;
end $$;

-- Step
-- The orders from before, two hundred at a time. Metadata never changes.
do $$
declare
  done_to text := '';
  upto text;
begin
  loop
    select max(id) into upto from (select id from orders where id > done_to order by id limit 200) batch;
    exit when upto is null;
    update order_search s set words = searched_words(o) from orders o
      where o.id = s.order_id and o.id > done_to and o.id <= upto and o.metadata <> '{}' and s.words is null;
    commit;
    done_to := upto;
  end loop;
end $$;

-- Step
create index concurrently if not exists order_search_words on order_search using gin (words)
  with (gin_pending_list_limit = 512) where words is not null;

-- Step
create index concurrently if not exists orders_by_address on orders (
  (case when pay_address ~* '^0x[0-9a-f]{40}$' then lower(pay_address) else pay_address end)
) where pay_address is not null;

-- Step
create index concurrently if not exists earlier_offers_by_address on earlier_offers (
  (case when pay_address ~* '^0x[0-9a-f]{40}$' then lower(pay_address) else pay_address end)
);

-- Step
create index concurrently if not exists payments_by_transaction on payments (lower(transaction_hash))
  where transaction_hash is not null;

-- Down Migration
-- Forward only.
