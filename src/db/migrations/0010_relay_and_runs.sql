-- Up Migration

-- Each inbox row says when it is next to be looked at: whoever claims it moves that instant, so that two workers never hold
-- the same row, and one that cannot be handed over waits ever longer instead of standing before the others.
alter table provider_events
  add column next_relay_at instant, -- null: handled, or set aside
  add column relay_attempts integer not null default 0 check (relay_attempts >= 0), -- looks since it was last new or first handed over
  add column relay_error text, -- why the last one failed
  add column quarantined_at instant, -- set aside for a person after too many
  add check (next_relay_at is null or (handled_at is null and quarantined_at is null));

update provider_events set next_relay_at = now(), relay_attempts = (relayed_at is not null)::int
  where handled_at is null and order_id is not null;

create index provider_events_due on provider_events (relay_attempts, received_at) where next_relay_at is not null;
create index provider_events_quarantined on provider_events (quarantined_at) where quarantined_at is not null;
drop index provider_events_unrelayed;

-- A reconcile run always ends: finished, or failed with what failed. One that was lost with its workflow ends when the next
-- begins, since it no longer renews its lease.
alter table reconcile_runs
  add column failed jsonb not null default '{}', -- kind of difference -> rows that could not be repaired
  add column failures jsonb not null default '[]', -- the first of what failed: {kind, id, message}
  add column outcome text check (outcome in ('finished', 'failed')),
  add column lease_until instant not null default now();
update reconcile_runs set outcome = 'finished' where finished_at is not null;
alter table reconcile_runs add check ((outcome is null) = (finished_at is null));

-- Down Migration
-- Forward only.
