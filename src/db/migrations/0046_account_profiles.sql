-- Up Migration

-- How an account shows itself to its payers, of each mode by itself: what is tried with test keys no live payer sees.
create table account_profiles (
  account_id uuid not null references accounts (id),
  mode text not null check (mode in ('live', 'test')),
  display_name text,
  accent_colour text check (accent_colour ~ '^#[0-9a-f]{6}$'),
  support_address text,
  legal_name text,
  postal_address text,
  tax_id text,
  receipt_footer text,
  logo bytea check (octet_length(logo) <= 32768),
  logo_sha256 text,
  updated_at timestamptz not null default now(),
  primary key (account_id, mode),
  check ((logo is null) = (logo_sha256 is null))
);
create index account_profiles_logo on account_profiles (logo_sha256) where logo_sha256 is not null;

-- Down Migration
-- Forward only.
