-- Up Migration, outside a transaction

-- Closed orders by when they closed, the paid ones too: what may still bring money, or be sent back, is walked newest first.
create index concurrently if not exists orders_closed on orders (closed_at, id) where closed_at is not null;

-- Step
drop index concurrently if exists orders_closed_unpaid;

-- Down Migration
-- Forward only.
