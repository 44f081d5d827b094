-- Up Migration

-- A payer who waits for an address must also hear that there will be none.
create or replace trigger orders_announced after update of version, status, pay_address, provider on orders
  for each row execute function announce_order();

-- Down Migration
-- Forward only.
