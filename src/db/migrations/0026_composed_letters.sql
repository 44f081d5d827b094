-- Up Migration

-- A letter with marks is one character or several, as a keyboard or a file system likes: search finds either by either.
do $$
declare
  fold text := (
    select collname from pg_collation
    where collname in ('pg_unicode_fast', 'pg_c_utf8', 'und-x-icu')
    order by array_position(array['pg_unicode_fast', 'pg_c_utf8', 'und-x-icu'], collname::text) limit 1
  );
  lowered text := case when fold is null then 'lower(given)' else format('lower(given collate %I)', fold) end;
begin
  if current_setting('server_encoding') <> 'UTF8' then
    return; -- normalize() knows no other
  end if;
  execute format(
    'create or replace function search_fold(given text) returns text language sql immutable parallel safe as %L',
    format('select normalize(%s)', lowered)
  );
  -- Of the texts on record only those that change: a check that locks no row, and few rows written.
  update order_search set folded = normalize(folded) where folded is not normalized;
end $$;

-- Down Migration
-- Forward only.
