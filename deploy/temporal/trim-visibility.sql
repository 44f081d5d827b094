-- Takes away the indexes of Temporal's visibility store that nobody needs who runs only Quittance in it. On by choice; figures are in
-- docs/performance.md. Every start, every change of an attribute and every end of an order writes each of some seventy indexes.
--
-- Run in the database temporal_visibility as its owner, again after each upgrade of Temporal. Nothing is found less: a search by what
-- has no index any more reads more rows. BEFORE an upgrade run restore-visibility.sql: its schema may name an index that is gone.
set lock_timeout = '5s';

create table if not exists trimmed_indexes (name text primary key, definition text not null, trimmed_at timestamptz not null default now());

do $$
declare
  found record;
begin
  for found in
    select indexname, indexdef from pg_indexes
    where schemaname = current_schema and tablename = 'executions_visibility'
      and indexname not in (
        'executions_visibility_pkey', 'default_idx', -- one run; the newest runs
        'by_workflow_id', 'by_workflow_type', 'by_status', -- what Temporal UI is searched by, and a look for open runs
        'by_keyword_01', 'by_keyword_02', 'by_keyword_03', 'by_keyword_04', 'by_bool_01', -- ours: AccountId, OrderStatus, PayCurrency, NeedsSupport
        'by_temporal_namespace_division', 'by_temporal_scheduled_by_id', -- schedules, and the runs of one
        'by_temporal_change_version' -- which runs know of a patch
      )
  loop
    insert into trimmed_indexes (name, definition) values (found.indexname, found.indexdef)
    on conflict (name) do update set definition = excluded.definition, trimmed_at = now();
    execute format('drop index %I', found.indexname);
  end loop;
end $$;
