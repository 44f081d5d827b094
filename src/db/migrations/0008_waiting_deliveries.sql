-- Up Migration, outside a transaction

-- What waits for one endpoint, soonest first: each endpoint's share is claimed by itself, so that the backlog of one is
-- never walked through on the way to another's.
create index concurrently if not exists deliveries_waiting on deliveries (endpoint_id, next_attempt_at)
  where status in ('pending', 'in_flight');

-- Down Migration
-- Forward only.
