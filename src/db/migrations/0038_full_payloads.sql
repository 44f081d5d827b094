-- Up Migration

-- How much an endpoint is told; with each delivery how much it carries, since its bytes stay the same on every attempt. A default
-- that is a constant rewrites nothing.
alter table webhook_endpoints add column payload text not null default 'brief' check (payload in ('brief', 'full'));
alter table deliveries add column payload text not null default 'brief';

-- The same event with the order's envelope as of then, where an endpoint wants it.
alter table outgoing_events add column full_body text;

-- Down Migration
-- Forward only.
