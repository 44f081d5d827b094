-- Up Migration

-- Calls that were made with an idempotency key, other than checkouts, whose keys live with their orders. Kept for a day.
create table idempotent_calls (
  id uuid primary key,
  holder text not null, -- the account and mode, or the key of an operator
  key text not null check (length(key) between 1 and 255),
  fingerprint text not null, -- SHA-256 of method, path and body
  status integer, -- null: nothing is answered yet
  answer_sealed text, -- it may hold a secret that is shown once
  at instant not null default now(),
  unique (holder, key),
  check ((status is null) = (answer_sealed is null))
);
create index idempotent_calls_by_age on idempotent_calls (at);

-- Down Migration
-- Forward only.
