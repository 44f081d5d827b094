import type { Pool } from '../../src/db/pool.js';

/** Counts the updates of an endpoint's delivery rows from now on: PostgreSQL's own statistics come late, and of all rows. */
export async function countUpdates(pool: Pool): Promise<(endpointId: string) => Promise<number>> {
  await pool.query(`
    create table if not exists seen_updates (endpoint_id uuid not null);
    create or replace function see_update() returns trigger language plpgsql as
      $$ begin insert into seen_updates values (new.endpoint_id); return null; end $$;
    create or replace trigger see_updates after update on deliveries for each row execute function see_update();
    truncate seen_updates`);
  return async (endpointId) => {
    const { rows } = await pool.query<{ count: number }>(
      'select count(*) as count from seen_updates where endpoint_id = $1',
      [endpointId],
    );
    return rows[0]?.count ?? 0;
  };
}

/** Deliveries that failed once, all due again after so long. Answers their ids. */
export async function retriesDue(
  pool: Pool,
  { endpointId, count, inSeconds }: { endpointId: string; count: number; inSeconds: number },
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `with made as (
       insert into outgoing_events (id, account_id, mode, type, body, created_at, published_at)
       select gen_random_uuid(), w.account_id, w.mode, 'crypto.order.paid', '{}', now(), now()
       from webhook_endpoints w, generate_series(1, $2) where w.id = $1 returning id, account_id, mode)
     insert into deliveries (id, event_id, endpoint_id, account_id, mode, attempts, next_attempt_at, created_at, updated_at)
     select gen_random_uuid(), id, $1, account_id, mode, 1, now() + make_interval(secs => $3), now(), now() from made
     returning id`,
    [endpointId, count, inSeconds],
  );
  return rows.map(({ id }) => id);
}
