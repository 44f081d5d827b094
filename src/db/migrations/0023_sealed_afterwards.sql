-- Up Migration, outside a transaction

-- Keys of the installation that outlive the master key, sealed by it.
create table if not exists installation_keys (
  id text primary key,
  key_sealed text not null,
  created_at instant not null default now()
);

-- Step
-- The chain of the audit log is keyed, and made afterwards by one writer: a change waits for no other change. The plain
-- hashes of before said nothing to whoever could write to the table. What was written before is sealed as it is found.
do $$ begin
  if exists (select from pg_attribute where attrelid = 'audit_log'::regclass and attname = 'position') then return; end if;
  alter table audit_log drop column previous_hash, drop column hash,
    add column position bigint,
    add column previous_hash text,
    add column hash text;
end $$;

-- Step
alter table audit_log drop constraint if exists audit_log_sealed_whole,
  add constraint audit_log_sealed_whole
    check ((position is null) = (hash is null) and (position is null) = (previous_hash is null)) not valid;

-- Step
alter table audit_log validate constraint audit_log_sealed_whole;

-- Step
create unique index concurrently if not exists audit_log_chain on audit_log (position);

-- Step
create unique index concurrently if not exists audit_log_hash on audit_log (hash);

-- Step
create index concurrently if not exists audit_log_unsealed on audit_log (seq) where hash is null;

-- Step
create or replace function seal_once() returns trigger language plpgsql as $$
begin
  if old.hash is not null or new.hash is null
    or to_jsonb(old) - array['position', 'previous_hash', 'hash'] is distinct from
       to_jsonb(new) - array['position', 'previous_hash', 'hash'] then
    raise exception '% is append only', tg_table_name;
  end if;
  return new;
end $$;
drop trigger if exists audit_log_append_only on audit_log;
create trigger audit_log_append_only before delete on audit_log for each row execute function refuse_change();
drop trigger if exists audit_log_sealed_once on audit_log;
create trigger audit_log_sealed_once before update on audit_log for each row execute function seal_once();

-- Down Migration
-- Forward only.
