-- Up Migration, outside a transaction

-- An address of Ethereum and its like is the same in any case of letters, as src/domain/payments/same-address.ts has it: two
-- open orders must not share one that is only written otherwise. What a failed build left is built anew.
drop index concurrently if exists orders_open_target;

-- Step
create unique index concurrently orders_open_target on orders (
  mode,
  pay_currency,
  (case when pay_address ~* '^0x[0-9a-f]{40}$' then lower(pay_address) else pay_address end),
  coalesce(pay_extra_id, '')
) where status in ('pending', 'confirming', 'partial');

-- Step
drop index concurrently if exists orders_open_address;

-- Down Migration
-- Forward only.
