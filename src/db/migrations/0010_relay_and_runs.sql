-- Up Migration, outside a transaction

-- Each inbox row says when it is next to be looked at: whoever claims it moves that instant, so that two workers never hold
-- the same row, and one that cannot be handed over waits ever longer instead of standing before the others.
alter table provider_events
  add column if not exists next_relay_at instant, -- null: handled, or set aside
  add column if not exists relay_attempts integer not null default 0, -- looks since it was last new or first handed over
  add column if not exists relay_error text, -- why the last one failed
  add column if not exists quarantined_at instant, -- set aside for a person after too many
  drop constraint if exists provider_events_relay_attempts_check,
  drop constraint if exists provider_events_check,
  add constraint provider_events_relay_attempts_check check (relay_attempts >= 0) not valid,
  add constraint provider_events_check
    check (next_relay_at is null or (handled_at is null and quarantined_at is null)) not valid;

-- Step
alter table provider_events validate constraint provider_events_relay_attempts_check;

-- Step
alter table provider_events validate constraint provider_events_check;

-- Step
-- Only what waits: few rows, found by an index.
update provider_events set next_relay_at = now(), relay_attempts = (relayed_at is not null)::int
  where handled_at is null and order_id is not null and quarantined_at is null and next_relay_at is null;

-- Step
create index concurrently if not exists provider_events_due on provider_events (relay_attempts, received_at)
  where next_relay_at is not null;

-- Step
create index concurrently if not exists provider_events_quarantined on provider_events (quarantined_at)
  where quarantined_at is not null;

-- Step
drop index concurrently if exists provider_events_unrelayed;

-- Step
-- A reconcile run always ends: finished, or failed with what failed. One that was lost with its workflow ends when the next
-- begins, since it no longer renews its lease. One row for every run of five minutes: never a large table.
alter table reconcile_runs
  add column if not exists failed jsonb not null default '{}', -- kind of difference -> rows that could not be repaired
  add column if not exists failures jsonb not null default '[]', -- the first of what failed: {kind, id, message}
  add column if not exists outcome text check (outcome in ('finished', 'failed')),
  add column if not exists lease_until instant not null default now();
update reconcile_runs set outcome = 'finished' where finished_at is not null and outcome is null;
alter table reconcile_runs drop constraint if exists reconcile_runs_check;
alter table reconcile_runs add constraint reconcile_runs_check check ((outcome is null) = (finished_at is null));

-- Down Migration
-- Forward only.
