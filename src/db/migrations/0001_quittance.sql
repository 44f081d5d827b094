-- Up Migration

-- Instants are stored in milliseconds, as merchants see them: what is compared is what is shown.
create domain instant as timestamptz(3);
create domain coin_amount as numeric check (value >= 0);

create table accounts (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  settings jsonb not null default '{}',
  created_at instant not null default now(),
  updated_at instant not null default now()
);

create table api_keys (
  id uuid primary key,
  account_id uuid references accounts, -- null: an operator's key
  mode text not null check (mode in ('live', 'test')),
  prefix text not null unique check (length(prefix) = 16),
  sha256 bytea not null check (length(sha256) = 32),
  scopes text[] not null,
  name text not null,
  expires_at instant,
  revoked_at instant,
  last_used_at instant,
  created_at instant not null default now(),
  check ((account_id is null) = ('driftstack_internal_admin' = any (scopes)))
);
create index api_keys_by_account on api_keys (account_id, created_at);

create table provider_credentials (
  id uuid primary key,
  account_id uuid not null references accounts,
  mode text not null check (mode in ('live', 'test')),
  key_label text not null, -- hash prefix of the key: each payment names the key that made it
  api_key_sealed text not null,
  ipn_secret_sealed text not null,
  email_sealed text,
  password_sealed text,
  payout_coin text,
  created_at instant not null default now(),
  retired_at instant -- a newer pair took over; this one still reads what it minted
);
create unique index provider_credentials_current on provider_credentials (account_id, mode) where retired_at is null;
create unique index provider_credentials_by_label on provider_credentials (account_id, mode, key_label);

create table orders (
  id text primary key check (id ~ '^ord_[0-9a-f]{12}$'),
  account_id uuid not null references accounts,
  mode text not null check (mode in ('live', 'test')),
  product text not null,
  price_cents bigint not null check (price_cents > 0),
  price_currency text not null check (price_currency ~ '^[A-Z]{3}$'),
  status text not null default 'pending'
    check (status in ('pending', 'confirming', 'partial', 'paid', 'failed', 'cancelled')),
  provider text not null check (provider in ('nowpayments', 'stub')),
  requested_coin text not null, -- what the caller asked for, or the account's default
  payment_id text, -- bound once
  pay_currency text,
  pay_amount coin_amount,
  pay_amount_text text, -- the provider's decimal text, verbatim
  pay_address text,
  pay_extra_id text,
  network text,
  address_sha256 text, -- over order, coin, network, address, memo and amount: checked before display
  provider_key_label text,
  provider_checked_at instant,
  opened_at instant, -- the workflow has run for it
  customer_note text,
  internal_note text,
  customer_reference text,
  metadata jsonb not null default '{}',
  success_url text,
  pay_token text not null unique,
  version integer not null default 1,
  expires_at instant not null,
  confirming_since instant,
  partial_until instant,
  paid_at instant,
  closed_at instant,
  failed_reason text check (failed_reason in ('expired', 'ipn')),
  created_at instant not null,
  updated_at instant not null,
  check ((status = 'paid') = (paid_at is not null)),
  check ((status in ('paid', 'failed', 'cancelled')) = (closed_at is not null)),
  check (status <> 'failed' or failed_reason is not null),
  check (status <> 'partial' or partial_until is not null),
  check ((pay_address is null) = (pay_amount is null)),
  check (pay_address is null or (payment_id is not null and pay_currency is not null and address_sha256 is not null))
);
create unique index orders_payment on orders (mode, payment_id) where payment_id is not null;
create unique index orders_open_address on orders (mode, pay_currency, pay_address, coalesce(pay_extra_id, ''))
  where status in ('pending', 'confirming', 'partial');
create index orders_by_creation on orders (account_id, mode, created_at desc, id);
create index orders_by_status on orders (account_id, mode, status, created_at desc, id);
create index orders_by_update on orders (account_id, mode, updated_at, id);
create index orders_by_reference on orders (account_id, mode, customer_reference, created_at desc, id)
  where customer_reference is not null;
create index orders_newest on orders (created_at desc, id);
create index orders_open on orders (id) where status in ('pending', 'confirming', 'partial');
create index orders_pending_expiry on orders (expires_at) where status = 'pending';
create index orders_closed_unpaid on orders (closed_at) where status in ('failed', 'cancelled');

create table order_events (
  order_id text not null references orders,
  seq integer not null check (seq > 0),
  status text not null check (status in ('pending', 'confirming', 'partial', 'paid', 'failed', 'cancelled')),
  source text not null check (source in ('create', 'ipn', 'poll', 'reconcile', 'expired', 'cancel', 'support')),
  event text not null, -- the classifier's word
  at instant not null,
  run_id text, -- the workflow run that wrote it; null for create
  fact_id text,
  detail jsonb not null default '{}',
  primary key (order_id, seq)
);

-- Facts that an order has dealt with: a fact handed over twice changes nothing.
create table order_facts (
  order_id text not null references orders,
  fact_id text not null,
  outcome jsonb not null,
  handled_at instant not null default now(),
  primary key (order_id, fact_id)
);

create table mint_intents (
  order_id text not null references orders,
  attempt integer not null check (attempt > 0),
  key_label text not null,
  outcome text not null default 'open' check (outcome in ('open', 'bound', 'refused', 'not_sent', 'absent', 'unseen')),
  payment_id text,
  detail text,
  looked_at instant,
  started_at instant not null,
  closed_at instant,
  primary key (order_id, attempt)
);
create index mint_intents_recent on mint_intents (started_at);

-- Every provider payment and deposit ever seen. arrived = applied + excess + unapplied, each in `coin`.
create table payments (
  mode text not null check (mode in ('live', 'test')),
  payment_id text not null,
  order_id text references orders, -- null: an orphan that names no order of ours
  role text not null check (role in ('bound', 'child', 'second', 'orphan')),
  parent_payment_id text,
  key_label text,
  provider_status text not null,
  coin text,
  arrived coin_amount not null default 0,
  applied coin_amount not null default 0,
  excess coin_amount not null default 0,
  unapplied coin_amount not null default 0,
  late_at instant, -- came when the order no longer waited: listed in late_payments
  first_seen_at instant not null,
  updated_at instant not null,
  primary key (mode, payment_id),
  check (arrived = applied + excess + unapplied)
);
create index payments_by_order on payments (order_id, first_seen_at);
create unique index payments_one_bound on payments (order_id) where role = 'bound';

-- The inbox: every authentic IPN, raw, before anything is done about it.
create table provider_events (
  id uuid primary key,
  fingerprint text not null unique,
  account_id uuid references accounts, -- null: the installation's own pair
  kind text not null check (kind in ('payment', 'other', 'malformed')),
  form text not null check (form in ('A', 'B', 'C')),
  payment_id text,
  parent_payment_id text,
  order_id text, -- ours, once found; not a foreign key: the IPN is kept whatever it names
  payment_status text,
  actually_paid text,
  pay_currency text,
  raw bytea not null,
  headers jsonb not null,
  received_at instant not null default now(),
  relayed_at instant,
  handled_at instant,
  outcome text
);
create index provider_events_unrelayed on provider_events (received_at) where relayed_at is null;
create index provider_events_unhandled on provider_events (received_at) where handled_at is null;
create index provider_events_by_order on provider_events (order_id, received_at);
create index provider_events_by_payment on provider_events (payment_id);

create table idempotency_keys (
  account_id uuid not null references accounts,
  mode text not null check (mode in ('live', 'test')),
  key text not null check (length(key) between 1 and 255),
  order_id text not null unique references orders,
  fingerprint text not null,
  created_at instant not null default now(),
  primary key (account_id, mode, key)
);

-- Spread over slots so that parallel checkouts do not queue for one row; the sum is the counter.
create table idempotency_counters (
  slot smallint primary key check (slot between 0 and 15),
  first_writes bigint not null default 0,
  replays bigint not null default 0,
  body_mismatches bigint not null default 0
);
insert into idempotency_counters (slot) select generate_series(0, 15);

create table entitlements (
  order_id text primary key references orders,
  account_id uuid not null references accounts,
  product text not null,
  granted_at instant not null,
  valid_until instant not null,
  withdrawn_at instant
);

create table receipts (
  order_id text primary key references orders,
  body text not null,
  sha256 text not null check (sha256 = encode(sha256(convert_to(body, 'UTF8')), 'hex')),
  issued_at instant not null
);

-- What was rendered once is served for ever, whatever version of the code answers later.
create table receipt_renderings (
  order_id text not null references receipts,
  form text not null check (form in ('txt', 'pdf')),
  bytes bytea not null,
  rendered_at instant not null default now(),
  primary key (order_id, form)
);

create table outgoing_events (
  id uuid primary key,
  account_id uuid not null references accounts,
  mode text not null check (mode in ('live', 'test')),
  order_id text references orders, -- null: test.ping, support.case.escalated
  type text not null,
  body text not null, -- the exact bytes that are signed and sent
  created_at instant not null,
  published_at instant,
  unique (order_id, type)
);
create index outgoing_events_unpublished on outgoing_events (created_at) where published_at is null;

create table webhook_endpoints (
  id uuid primary key,
  account_id uuid not null references accounts,
  mode text not null check (mode in ('live', 'test')),
  url text not null,
  events text[] not null,
  description text,
  secret_sealed text not null,
  secret_prefix text not null,
  prev_secret_sealed text,
  prev_secret_prefix text,
  rotation_grace_expires_at instant,
  active boolean not null default true,
  consecutive_failures integer not null default 0, -- deliveries in a row that ended dead
  last_success_at instant,
  last_failure_at instant,
  disabled_at instant,
  disabled_reason text check (disabled_reason in ('deleted', 'gone', 'failures')),
  created_at instant not null,
  updated_at instant not null,
  check ((disabled_at is null) = (disabled_reason is null))
);
create index webhook_endpoints_by_account on webhook_endpoints (account_id, mode, created_at desc);

create table deliveries (
  id uuid primary key,
  event_id uuid not null references outgoing_events,
  endpoint_id uuid not null references webhook_endpoints,
  account_id uuid not null references accounts,
  mode text not null check (mode in ('live', 'test')),
  status text not null default 'pending' check (status in ('pending', 'in_flight', 'delivered', 'failed', 'dlq')),
  attempts integer not null default 0,
  round integer not null default 1, -- a replay starts a new round of attempts
  next_attempt_at instant, -- null: not waiting for one
  claimed_until instant, -- who makes an attempt owns the row until then
  last_response_status integer,
  last_response_excerpt text,
  last_error text,
  delivered_at instant,
  discarded_at instant,
  created_at instant not null,
  updated_at instant not null,
  unique (event_id, endpoint_id)
);
create index deliveries_by_endpoint on deliveries (endpoint_id, created_at desc, id);
create index deliveries_due on deliveries (next_attempt_at) where status in ('pending', 'in_flight');
create index deliveries_dead on deliveries (updated_at desc, id) where status = 'dlq';

create table delivery_attempts (
  delivery_id uuid not null references deliveries,
  round integer not null,
  n integer not null,
  at instant not null,
  response_status integer,
  excerpt text,
  error text,
  duration_ms integer not null,
  primary key (delivery_id, round, n)
);

create table support_cases (
  id uuid primary key,
  order_id text references orders, -- null: an orphan that names no order of ours
  account_id uuid references accounts,
  mode text not null check (mode in ('live', 'test')),
  payment_id text,
  kind text not null check (kind in ('underpaid', 'overpaid', 'late_payment', 'second_payment', 'wrong_asset',
    'orphan_payment', 'amount_mismatch', 'refunded', 'slow_confirmation', 'mint_failed')),
  status text not null default 'open' check (status in ('open', 'awaiting_approval', 'resolved')),
  actually_paid text,
  pay_currency text,
  facts jsonb not null default '[]', -- evidence, oldest first
  opened_at instant not null,
  deadline_at instant not null,
  escalated_at instant,
  proposed_by text, -- the first of four eyes
  proposed_reason text,
  proposed_at instant,
  resolution jsonb,
  resolved_at instant,
  check ((status = 'resolved') = (resolved_at is not null)),
  check ((status = 'resolved') = (resolution is not null)),
  check (status <> 'awaiting_approval' or proposed_by is not null)
);
-- Each unusual coin has one open case.
create unique index support_cases_one_open on support_cases (mode, coalesce(order_id, ''), coalesce(payment_id, ''))
  where resolved_at is null;
create index support_cases_by_order on support_cases (order_id);
create index support_cases_by_age on support_cases (opened_at desc, id);
create index support_cases_open on support_cases (opened_at) where resolved_at is null;

create table reconcile_runs (
  id uuid primary key,
  trigger text not null check (trigger in ('schedule', 'operator')),
  dry_run boolean not null default false,
  actor text,
  examined jsonb not null default '{}', -- kind of difference -> rows looked at
  repaired jsonb not null default '{}', -- kind of difference -> rows handed over
  started_at instant not null,
  finished_at instant
);
create unique index reconcile_runs_one_running on reconcile_runs ((true)) where finished_at is null;
create index reconcile_runs_newest on reconcile_runs (started_at desc, id);

-- Append only; each row carries the hash of the one before it.
create table audit_log (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  at instant not null,
  actor text not null,
  action text not null,
  account_id uuid,
  order_id text,
  subject text,
  reason text,
  before jsonb,
  after jsonb,
  result text not null,
  previous_hash text not null,
  hash text not null unique
);
create index audit_log_by_order on audit_log (order_id, seq desc) where order_id is not null;
create index audit_log_by_account on audit_log (account_id, seq desc) where account_id is not null;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append only', tg_table_name;
end $$;
create trigger audit_log_append_only before update or delete on audit_log for each row execute function refuse_change();
create trigger receipts_frozen before update or delete on receipts for each row execute function refuse_change();
create trigger order_events_append_only before update or delete on order_events for each row execute function refuse_change();

create table operators (
  id uuid primary key,
  name text not null unique check (name ~ '^[a-z0-9._-]{2,64}$'),
  role text not null check (role in ('support', 'admin', 'read_only')),
  password_scrypt text not null,
  disabled_at instant,
  created_at instant not null default now()
);

create table console_sessions (
  sha256 bytea primary key, -- of the cookie's token
  operator_id uuid not null references operators,
  csrf_token text not null,
  expires_at instant not null,
  created_at instant not null default now()
);
create index console_sessions_by_expiry on console_sessions (expires_at);

-- Payers' pages listen here: one channel, the order id as payload.
create function announce_order() returns trigger language plpgsql as $$
begin
  perform pg_notify('order_changed', new.id);
  return null;
end $$;
create trigger orders_announced after update of version, status, pay_address on orders
  for each row execute function announce_order();

-- Down Migration
-- Forward only.
