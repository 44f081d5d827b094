-- Up Migration, outside a transaction

-- The console counts how deliveries ended by day. They are written in the order of time, so a few kilobytes will do.
create index concurrently if not exists deliveries_by_day on deliveries using brin (created_at) with (autosummarize = on);

-- Down Migration
-- Forward only.
