-- Up Migration

-- How far the turns of a lane are taken: one pair of credentials at one address of the provider, counted for all
-- processes. Unlogged, since it is written with every handful of calls and says nothing that matters after a crash: an
-- emptied lane lets one burst more through. Microseconds, since at hundreds of calls a second a turn is shorter than a
-- millisecond's rounding.
create unlogged table provider_lanes (
  name text primary key,
  spent_until timestamptz not null
);

-- The last whole sweep of a pair's list: what it covered needs no single reads.
create table provider_sweeps (
  mode text not null check (mode in ('live', 'test')),
  key_label text not null,
  swept_from instant not null, -- payments created since then were listed
  swept_at instant not null,
  pages integer not null,
  listed integer not null,
  rung integer not null,
  primary key (mode, key_label)
);

-- What a sweep told an order's workflow last. Unlogged: forgotten, it is told once more, which changes nothing.
create unlogged table sweep_rings (
  order_id text primary key,
  content text not null,
  times integer not null check (times > 0),
  rung_at instant not null
);

-- Down Migration
-- Forward only.
