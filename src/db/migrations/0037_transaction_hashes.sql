-- Up Migration

-- The transaction that brought a payment's coins, where the provider tells it: receipts name it.
alter table payments add column transaction_hash text;
alter table deposit_reads add column transaction_hash text;

-- Down Migration
-- Forward only.
