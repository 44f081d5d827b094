-- Up Migration, outside a transaction

-- What an account was told, in the order in which it happened, for who listens without an endpoint.
create index concurrently if not exists outgoing_events_by_account on outgoing_events (account_id, mode, created_at, id);

-- Down Migration
-- Forward only.
