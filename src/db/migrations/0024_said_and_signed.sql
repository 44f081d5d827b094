-- Up Migration

-- What a person typed, under the id of the fact that it is said with. Facts travel through Temporal; this does not.
create table fact_reasons (
  fact_id text primary key,
  reason text not null,
  created_at instant not null default now()
);

-- Made with the receipt, by the process that settled it: what is read later is not vouched for again. Null: frozen before
-- there was one.
alter table receipts add column signature text;

-- Down Migration
-- Forward only.
