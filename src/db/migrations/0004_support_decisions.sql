-- Up Migration

-- The id under which the first of four eyes decided: the same call again finds its proposal.
alter table support_cases add column proposal_id text;

-- What the price of an order cost, in its coin, when its money came too late: the rate that a policy judges by.
alter table payments add column late_quote coin_amount;

-- The least the provider accepts of an order's coin, read when the order became partial: a top-up asks for no less.
alter table orders add column top_up_floor coin_amount;

create index support_cases_by_account on support_cases (account_id, opened_at desc, id);

-- How an account wants unusual money judged. A change is a new version; what was decided names the version it was by.
create table account_policies (
  account_id uuid not null references accounts,
  version integer not null check (version > 0),
  policy jsonb not null,
  actor text not null,
  reason text,
  created_at instant not null default now(),
  primary key (account_id, version)
);
create trigger account_policies_append_only before update or delete on account_policies
  for each row execute function refuse_change();

-- Down Migration
-- Forward only.
