-- Up Migration

-- Until when nobody calls, as a breaker has decided: a checkout does not wait for an address that cannot come.
alter table provider_lanes add column rests_until timestamptz;

-- Down Migration
-- Forward only.
