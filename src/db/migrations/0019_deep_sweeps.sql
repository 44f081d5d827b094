-- Up Migration

-- Now and then a sweep goes back to the oldest order whose payment may still be refunded, or paid again. When it was last
-- tried, and what the last one that came to the list's end covered.
alter table provider_sweeps add column deep_tried_at instant, add column deep_from instant, add column deep_at instant;

-- Down Migration
-- Forward only.
