-- Up Migration

-- Alarms that a settled fact raised: each word of the provider about the same coins is a fact of its own, and a person is
-- woken once.
create table raised_alarms (
  order_id text not null references orders,
  alarm text not null,
  about text not null, -- the payments it is about
  raised_at instant not null default now(),
  primary key (order_id, alarm, about)
);

-- Down Migration
-- Forward only.
