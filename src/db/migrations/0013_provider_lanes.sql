-- Up Migration

-- How far the turns of a lane are taken: one pair of credentials at one address of the provider, counted for all
-- processes. Unlogged, since it is written with every handful of calls and says nothing that matters after a crash: an
-- emptied lane lets one burst more through. Microseconds, since at hundreds of calls a second a turn is shorter than a
-- millisecond's rounding.
create unlogged table provider_lanes (
  name text primary key,
  spent_until timestamptz not null
);

-- Down Migration
-- Forward only.
