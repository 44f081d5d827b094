-- Up Migration

-- A session is one of several that its operator sees and ends; it ends by itself when nobody uses it.
alter table console_sessions add column id uuid not null unique default gen_random_uuid();
alter table console_sessions add column last_seen_at instant not null default now();
alter table console_sessions add column confirmed_at instant not null default now(); -- when he last showed who he is
alter table console_sessions add column address text not null default '';
alter table console_sessions add column agent text not null default '';

-- The second factor: sealed, and which step of time was used last, so that a code counts once.
alter table operators add column totp_sealed text;
alter table operators add column totp_step bigint;
create table recovery_codes (
  operator_id uuid not null references operators,
  sha256 bytea not null check (length(sha256) = 32),
  primary key (operator_id, sha256)
);

-- Down Migration
-- Forward only.
