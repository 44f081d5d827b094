import type { Database } from '../pool.js';
import { execute, maybeOne, one } from '../query.js';

interface Lane {
  readonly name: string;
  readonly perSecond: number;
  readonly burst: number;
}

interface Asked {
  readonly atLeast: number;
  readonly atMost: number;
  readonly horizonMs: number;
}

type Lease =
  | { readonly kind: 'turns'; readonly turns: number; readonly firstInMs: number; readonly everyMs: number }
  | { readonly kind: 'none'; readonly retryAfterMs: number };

interface LeasedRow {
  readonly turns: number;
  readonly firstInMs: number;
}

// Farther than any horizon: only a clock that was set back finds turns taken beyond it, and must not shut the lane.
const farthestAhead = '5 seconds';

/** How long nobody will call the lane, as whoever called it last has told; 0: it is called. */
export async function laneRestMs(db: Database, name: string): Promise<number> {
  const row = await maybeOne<{ restMs: number }>(
    db,
    `select greatest(0, extract(epoch from rests_until - now()) * 1000)::float8 as "restMs" from provider_lanes
     where name = $1 and rests_until is not null`,
    [name],
  );
  return row?.restMs ?? 0;
}

/** Counts the calls of each lane for all processes that share the database, by its clock, one statement for each handful. */
export function createLaneTokens(db: Database) {
  return {
    async lease(lane: Lane, asked: Asked): Promise<Lease> {
      const everyMs = 1000 / lane.perSecond;
      const row = (await takeTurns(db, lane, asked)) ?? (await firstTurns(db, lane, asked));
      if (row.turns > 0) return { kind: 'turns', ...row, everyMs };
      return { kind: 'none', retryAfterMs: Math.ceil(row.firstInMs - asked.horizonMs) };
    },

    rest(name: string, forMs: number): void {
      const sql = `update provider_lanes set rests_until = now() + $2::float8 * interval '1 millisecond' where name = $1`;
      execute(db, sql, [name, forMs]).catch(() => {}); // unheard, others wait a little longer than they must
    },
  };
}

async function firstTurns(db: Database, lane: Lane, asked: Asked): Promise<LeasedRow> {
  await execute(
    db,
    `insert into provider_lanes (name, spent_until) values ($1, clock_timestamp() - interval '1 day')
     on conflict do nothing`,
    [lane.name],
  );
  return one<LeasedRow>(db, ...statement(lane, asked));
}

function takeTurns(db: Database, lane: Lane, asked: Asked): Promise<LeasedRow | null> {
  return maybeOne<LeasedRow>(db, ...statement(lane, asked));
}

/** A turn lasts $2 microseconds; those before `base` are taken or, when more than a burst lay unused, lost. */
function statement({ name, perSecond, burst }: Lane, { atLeast, atMost, horizonMs }: Asked): [string, unknown[]] {
  const sql = `with asked as (
      select l.name, c.now, greatest(
          least(l.spent_until, c.now + interval '${farthestAhead}'),
          c.now - $2::bigint * $3::float8 * interval '1 microsecond') as base
      from provider_lanes l, (select clock_timestamp() as now) c where l.name = $1 for update of l),
    counted as (
      select name, now, base, greatest(0,
        least($4::int, floor(extract(epoch from now - base) * 1000000 / $2::bigint)),
        least($5::int, floor((extract(epoch from now - base) * 1000000 + $6::int * 1000) / $2::bigint)))::int as turns
      from asked)
    update provider_lanes l set spent_until = c.base + c.turns * $2::bigint * interval '1 microsecond'
    from counted c where l.name = c.name
    returning c.turns, (extract(epoch from c.base - c.now) * 1000 + $2::bigint / 1000.0)::float8 as "firstInMs"`;
  return [sql, [name, Math.round(1_000_000 / perSecond), burst, atMost, atLeast, horizonMs]];
}
