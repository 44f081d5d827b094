-- Makes the indexes anew that trim-visibility.sql took away, as they were. Run in the database temporal_visibility as its owner. While an
-- index is made, Temporal's writes to this table wait; it tries them again by itself, and no order waits for them.
do $$
declare
  trimmed record;
begin
  for trimmed in select name, definition from trimmed_indexes order by name
  loop
    if to_regclass(quote_ident(trimmed.name)) is null then
      execute trimmed.definition;
    end if;
    delete from trimmed_indexes where name = trimmed.name;
  end loop;
end $$;
