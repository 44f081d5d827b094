import type { Database } from '../pool.js';
import { execute } from '../query.js';

/** Grants once: the order id is the key, so a second grant changes nothing. */
export function grantEntitlement(
  db: Database,
  grant: { orderId: string; accountId: string; product: string; grantedAt: string; validUntil: string },
): Promise<number> {
  return execute(
    db,
    `insert into entitlements (order_id, account_id, product, granted_at, valid_until) values ($1, $2, $3, $4, $5)
     on conflict (order_id) do nothing`,
    [grant.orderId, grant.accountId, grant.product, grant.grantedAt, grant.validUntil],
  );
}

/** Gives back what was withdrawn: coins that pay the order stand again. It ends when it would have. */
export function restoreEntitlement(db: Database, orderId: string): Promise<number> {
  return execute(db, 'update entitlements set withdrawn_at = null where order_id = $1 and withdrawn_at is not null', [
    orderId,
  ]);
}

/** Takes the entitlement back; its row stays. */
export function withdrawEntitlement(db: Database, orderId: string, at: string): Promise<number> {
  return execute(db, 'update entitlements set withdrawn_at = $2 where order_id = $1 and withdrawn_at is null', [
    orderId,
    at,
  ]);
}
