-- Up Migration, outside a transaction

-- What an account's own pair has brought lately: its quota is asked of this.
create index concurrently if not exists provider_events_by_account on provider_events (account_id, received_at)
  where account_id is not null;

-- Step
-- What is kept for a while and then dropped, the oldest first.
create index concurrently if not exists provider_events_by_age on provider_events (received_at);

-- Step
create index concurrently if not exists provider_events_strange on provider_events (received_at) where kind <> 'payment';

-- Down Migration
-- Forward only.
