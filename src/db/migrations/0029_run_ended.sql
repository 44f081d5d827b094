-- Up Migration

-- The run that followed the retries of a delivery ended as its endpoint was paused. A default that is a constant rewrites
-- nothing.
alter table deliveries add column run_ended boolean not null default false;

-- Down Migration
-- Forward only.
