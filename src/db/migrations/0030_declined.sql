-- Up Migration

-- An order that support ended says so, not that the provider did. The stored rows fit the wider rule, so none is looked at.
alter table orders drop constraint orders_failed_reason_check;
alter table orders add constraint orders_failed_reason_check
  check (failed_reason in ('expired', 'ipn', 'mint_failed', 'declined')) not valid;

-- Down Migration
-- Forward only.
