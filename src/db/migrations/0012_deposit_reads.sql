-- Up Migration

-- What our last read of each re-deposit said, so that one that is final is not read again, and a hundred of them take turns.
-- Not the record of the money: that is `payments`, which a settled fact writes.
create table deposit_reads (
  mode text not null check (mode in ('live', 'test')),
  payment_id text not null,
  order_id text not null references orders,
  parent_payment_id text,
  provider_status text, -- null: the provider did not show it, or it is no deposit of the order
  coin text,
  actually_paid coin_amount,
  read_at instant not null default now(),
  primary key (mode, payment_id)
);
create index deposit_reads_of_order on deposit_reads (order_id);

-- Down Migration
-- Forward only.
