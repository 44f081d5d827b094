-- Up Migration, outside a transaction

-- What an account was paid in a month, and what came in it, in the order of the books.
create index concurrently if not exists orders_paid on orders (account_id, mode, paid_at, id) where paid_at is not null;

-- Step
create index concurrently if not exists payments_by_arrival on payments (first_seen_at, payment_id);

-- Down Migration
-- Forward only.
