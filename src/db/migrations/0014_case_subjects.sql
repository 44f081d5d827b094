-- Up Migration, outside a transaction

-- The coins of a payment have one open case, which keeps its kind whatever else is found about them. A refund, a slow
-- confirmation and a failed mint are about no coins that wait, so each stands beside it. The new index lets in all that the
-- old one did.
create unique index concurrently if not exists support_cases_one_open_subject on support_cases
  (mode, coalesce(order_id, ''), coalesce(payment_id, ''),
    (case when kind in ('refunded', 'slow_confirmation', 'mint_failed') then kind else 'coins' end))
  where resolved_at is null;

-- Step

drop index concurrently if exists support_cases_one_open;

-- Down Migration
-- Forward only.
