-- Up Migration, outside a transaction

-- The log of one endpoint by status, its counts, and window replays.
create index concurrently if not exists deliveries_by_status on deliveries (endpoint_id, status, created_at desc, id);

-- Down Migration
-- Forward only.
