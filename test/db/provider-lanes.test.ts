import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type Pool } from '../../src/db/pool.js';
import { createLaneTokens } from '../../src/db/reconcile/provider-lanes.js';
import { aGateway, anAccount, aProvider, created, json } from '../gateway/provider-double.js';
import { paymentId } from '../support/a-payment.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, max: 4, applicationName: 'test', onError: () => {} });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const everything = { atLeast: 100, atMost: 100, horizonMs: 0 };

async function spentUntil(name: string, offset: string): Promise<void> {
  await pool.query(`update provider_lanes set spent_until = clock_timestamp() + $2::interval where name = $1`, [
    name,
    offset,
  ]);
}

describe('a lane in the database', () => {
  const tokens = () => createLaneTokens(pool);

  it('begins with its burst, and has no more', async () => {
    const lane = { name: 'new', perSecond: 0.1, burst: 10 };
    expect(await tokens().lease(lane, everything)).toMatchObject({ kind: 'turns', turns: 10, everyMs: 10_000 });
    expect(await tokens().lease(lane, everything)).toMatchObject({ kind: 'none' });
  });

  it('gives of what is there a handful, and of what comes only to those who wait', async () => {
    const lane = { name: 'ahead', perSecond: 1, burst: 3 };
    const asked = { atLeast: 1, atMost: 2, horizonMs: 4_000 };
    expect(await tokens().lease(lane, asked)).toMatchObject({ turns: 2 });
    expect(await tokens().lease(lane, asked)).toMatchObject({ turns: 1 });
    const come = await tokens().lease(lane, { ...asked, atLeast: 2 });
    expect(come).toMatchObject({ kind: 'turns', turns: 2, everyMs: 1_000 });
    expect(come.kind === 'turns' && come.firstInMs).toBeGreaterThan(0);
  });

  it('says when to come back once it is taken up to the horizon', async () => {
    const lane = { name: 'taken', perSecond: 0.1, burst: 1 };
    await tokens().lease(lane, everything);
    const none = await tokens().lease(lane, { ...everything, horizonMs: 2_000 });
    expect(none.kind === 'none' && none.retryAfterMs).toBeGreaterThan(4_000);
    expect(none.kind === 'none' && none.retryAfterMs).toBeLessThanOrEqual(8_000);
  });

  it('gives each turn once, however many ask at the same time', async () => {
    const lane = { name: 'raced', perSecond: 0.01, burst: 20 };
    const asked = { atLeast: 1, atMost: 3, horizonMs: 0 };
    const leases = await Promise.all(Array.from({ length: 30 }, () => tokens().lease(lane, asked)));
    const given = leases.reduce((sum, lease) => sum + (lease.kind === 'turns' ? lease.turns : 0), 0);
    expect(given).toBe(20);
  });

  it('is not shut for long by a clock that was set back', async () => {
    const lane = { name: 'stepped', perSecond: 1, burst: 1 };
    await tokens().lease(lane, everything);
    await spentUntil(lane.name, '1 day');
    const none = await tokens().lease(lane, everything);
    expect(none.kind === 'none' && none.retryAfterMs).toBeLessThanOrEqual(6_000);
  });

  it('counts at hundreds a second without a rounding', async () => {
    const lane = { name: 'fast', perSecond: 333, burst: 500 };
    await tokens().lease(lane, { ...everything, atMost: 500 });
    await spentUntil(lane.name, '-1 second');
    const lease = await tokens().lease(lane, { ...everything, atMost: 500 });
    expect(lease.kind === 'turns' && lease.turns).toBeGreaterThanOrEqual(333);
  });
});

describe('two processes on one lane', () => {
  it('at five calls a second call five times a second together', async () => {
    const provider = await aProvider({ 'GET payment/5745459419': json(200, created) });
    const account = anAccount(provider.url, { maxRps: 5 });
    const gateways = [1, 2].map(() => aGateway({ tokens: createLaneTokens(pool), burst: 1 }));
    const heardAt: number[] = [];
    let isOver = false;
    // Both always have calls that wait; each counts only what the double heard.
    const callers = gateways.flatMap((gateway) =>
      Array.from({ length: 8 }, async () => {
        while (!isOver) {
          const read = await gateway.read(account, paymentId('5745459419'), 'poll');
          if (read.kind === 'read') heardAt.push(Date.now());
          if (heardAt.length >= 31) isOver = true;
        }
      }),
    );
    await Promise.all(callers);
    const [first = 0, last = 0] = [heardAt[0], heardAt[30]];
    const perSecond = 30 / ((last - first) / 1000);
    console.log(`[lane] two processes, one lane at 5 a second: ${perSecond.toFixed(2)} a second`);
    expect(perSecond).toBeGreaterThan(4.5);
    expect(perSecond).toBeLessThan(5.5);
  });

  it('make no call while the database cannot be asked', async () => {
    const provider = await aProvider({ 'GET payment/5745459419': json(200, created) });
    const gone = createPool({ url: 'postgres://127.0.0.1:1/none', applicationName: 'test', onError: () => {} });
    const gateway = aGateway({ tokens: createLaneTokens(gone) });
    const read = await gateway.read(anAccount(provider.url), paymentId('5745459419'), 'decision');
    expect(read).toMatchObject({
      kind: 'unavailable',
      message: 'the quota of this account cannot be asked',
      retryAfterMs: null,
    });
    expect(provider.heard).toEqual([]);
    await gone.end();
  });
});
