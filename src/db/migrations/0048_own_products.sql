-- Up Migration

-- What an account sells, where it says so itself; null: what the installation lists. The version says to whoever keeps a list
-- whether it is still the one of now: it comes with every key that is looked up.
alter table accounts add column products jsonb;
alter table accounts add column products_version integer not null default 0;

-- Down Migration
-- Forward only.
