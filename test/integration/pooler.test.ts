import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryOnce } from '../../scripts/dev/postgres.js';
import { examine } from '../../scripts/doctor/examine.js';
import { loadConfig } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { neededDatabase, reachableDatabase } from '../../src/start.js';
import { followEvents } from '../support/event-stream.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { findPgbouncer, startPgbouncer, type Pgbouncer } from '../support/pgbouncer.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { startStack, type Stack } from '../support/stack.js';

// What the page says is what is tried: its ini, and its statements, here for the whole database instead of one role.
const text = readFileSync(new URL('../../docs/scaling.md', import.meta.url), 'utf8');
const block = (kind: string) =>
  new RegExp(`## Behind a pooler[^]*?\`\`\`${kind}\\n([^]*?)\`\`\``).exec(text)?.[1] ?? '';
const ini = block('ini');
const limits = block('sql').trim();

const program = await findPgbouncer();
if (program === null && process.env.CI) throw new Error('CI has to have PgBouncer: apt-get install pgbouncer');
const page = 'docs/scaling.md, "Behind a pooler"';

async function bringLimits(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  for (const statement of limits.replaceAll('role quittance', `database ${name}`).split('\n'))
    await queryOnce(url, statement);
}

const log = createLog({ name: 'test', level: 'silent' });

describe.skipIf(program === null)('at a start', () => {
  let database: TestDatabase;
  let pooler: Pgbouncer;
  const restart = async (written = ini) => {
    await pooler?.close();
    pooler = await startPgbouncer(program!, written, database.url);
  };
  beforeAll(async () => {
    database = await testDatabase();
    await restart();
  }, 60_000);
  afterAll(async () => {
    await pooler?.close();
    await database?.drop();
  });

  const settings = (over: Record<string, string>) => ({
    QUITTANCE_MASTER_KEY: randomBytes(32).toString('base64'),
    DATABASE_URL: pooler.through(database.url),
    ...over,
  });
  const start = (over: Record<string, string> = {}) => neededDatabase(loadConfig(settings(over)), log).ask();
  const undeclared =
    'DATABASE_URL leads through a pooler such as PgBouncer, which hands each transaction another connection and drops what we ask of ours: ' +
    `set DATABASE_DIRECT_URL as well, to PostgreSQL itself (${page})`;

  it('a pooler that nobody declared is refused, whether it refuses us or says nothing', async () => {
    await expect(start()).rejects.toThrow(undeclared);
    await expect(reachableDatabase(pooler.through(database.url)).ask()).rejects.toThrow(undeclared); // before a migration
    await restart(ini.replace('extra_float_digits', 'extra_float_digits, options'));
    await expect(start()).rejects.toThrow(undeclared);
    await expect(start()).rejects.toThrow(undeclared); // also where the pooler's connection has seen us before
    const { findings } = await examine(settings({}));
    expect(findings.filter(({ area }) => area === 'database')).toEqual([
      expect.objectContaining({
        level: 'bad',
        says: expect.stringMatching(/^DATABASE_URL leads through a pooler/),
        mend: `set DATABASE_DIRECT_URL as well, to PostgreSQL itself (${page})`,
      }),
    ]);
  });

  it('a role that brings no limits of its own is refused, and a direct way that is none', async () => {
    await restart();
    const direct = { DATABASE_DIRECT_URL: database.url };
    await expect(start(direct)).rejects.toThrow(
      /^DATABASE_URL leads through a pooler, so the role has to bring its own limits: alter role … set .*statement_timeout = '4000'/,
    );
    await bringLimits(database.url);
    await restart();
    await expect(start(direct)).resolves.toBeUndefined();
    await expect(start({ DATABASE_DIRECT_URL: pooler.through(database.url) })).rejects.toThrow(
      /^DATABASE_DIRECT_URL leads through a pooler .*: it has to lead to PostgreSQL itself/,
    );
  });
});

describe.skipIf(program === null)('through PgBouncer in transaction mode', () => {
  let stack: Stack;
  let pooler: Pgbouncer;
  beforeAll(async () => {
    stack = await startStack({
      async pooler(url) {
        await bringLimits(url);
        pooler = await startPgbouncer(program!, ini.replace(/default_pool_size = \d+/, 'default_pool_size = 3'), url);
        return pooler.through(url);
      },
    });
  }, 120_000);
  afterAll(async () => {
    await stack?.close();
    await pooler?.close();
  });

  it('orders are paid once each, and their open pages are told', async () => {
    const placed = await Promise.all(Array.from({ length: 8 }, () => stack.live.checkout()));
    expect(placed.map(({ status }) => status)).toEqual(placed.map(() => 201));
    const path = new URL(placed[0]!.body.payment_url).pathname;
    const open = await followEvents(`${stack.apiUrl}${path}/events`);
    await Promise.all(placed.map(({ body }) => stack.sim('/pay', { order_id: body.order_id })));
    await eventually(async () => {
      const { rows } = await stack.pool.query(`select count(*)::int as paid from orders where status = 'paid'`);
      expect(rows).toEqual([{ paid: 8 }]);
    });
    await eventually(() => expect(open.isOver).toBe(true));
    const { rows } = await stack.pool.query(
      `select (select count(*)::int from entitlements) as grants, (select count(*)::int from receipts) as receipts`,
    );
    expect(rows).toEqual([{ grants: 8, receipts: 8 }]);
    await eventually(() => expectInvariants(stack)); // the last IPN may come after the payment is known
  });

  it('and the programs share few connections of PostgreSQL', async () => {
    const { rows } = await stack.pool.query(
      `select count(*)::int as shared from pg_stat_activity where datname = current_database()
         and application_name in ('quittance-api', 'quittance-worker', 'quittance-worker-webhooks')`,
    );
    expect(rows[0].shared).toBeLessThanOrEqual(3);
    expect(rows[0].shared).toBeGreaterThan(0);
  });
});
