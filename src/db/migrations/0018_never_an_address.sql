-- Up Migration

-- An order for which no address could be made is told so, never as expired. The stored rows fit the wider rules, so none is
-- looked at.
alter table orders drop constraint orders_failed_reason_check;
alter table orders add constraint orders_failed_reason_check
  check (failed_reason in ('expired', 'ipn', 'mint_failed')) not valid;
alter table order_events drop constraint order_events_source_check;
alter table order_events add constraint order_events_source_check
  check (source in ('create', 'ipn', 'poll', 'reconcile', 'expired', 'mint_failed', 'cancel', 'support')) not valid;

-- Why nobody can pay a stub, and where the least is known that could be paid: an amount, and what it is in.
alter table orders add column stub_reason text;
alter table orders add column stub_minimum text;
alter table orders add column stub_minimum_currency text;
alter table orders add constraint orders_stub_reason_check check (stub_reason in ('no_provider', 'below_minimum',
  'above_maximum', 'coin_unavailable', 'rejected', 'mint_failed')) not valid;

-- Down Migration
-- Forward only.
