-- Up Migration, outside a transaction

-- The id under which the first of four eyes decided: the same call again finds its proposal.
alter table support_cases add column if not exists proposal_id text;

-- Step
-- What the price of an order cost, in its coin, when its money came too late: the rate that a policy judges by. Of the
-- domain's type it would make PostgreSQL write the whole table anew, as `numeric` with the domain's rule it does not.
alter table payments add column if not exists late_quote numeric,
  drop constraint if exists payments_late_quote_check,
  add constraint payments_late_quote_check check (late_quote >= 0) not valid;

-- Step
alter table payments validate constraint payments_late_quote_check;

-- Step
-- The least the provider accepts of an order's coin, read when the order became partial: a top-up asks for no less.
alter table orders add column if not exists top_up_floor numeric,
  drop constraint if exists orders_top_up_floor_check,
  add constraint orders_top_up_floor_check check (top_up_floor >= 0) not valid;

-- Step
alter table orders validate constraint orders_top_up_floor_check;

-- Step
create index concurrently if not exists support_cases_by_account on support_cases (account_id, opened_at desc, id);

-- Step
-- How an account wants unusual money judged. A change is a new version; what was decided names the version it was by.
create table if not exists account_policies (
  account_id uuid not null references accounts,
  version integer not null check (version > 0),
  policy jsonb not null,
  actor text not null,
  reason text,
  created_at instant not null default now(),
  primary key (account_id, version)
);
create or replace trigger account_policies_append_only before update or delete on account_policies
  for each row execute function refuse_change();

-- Down Migration
-- Forward only.
