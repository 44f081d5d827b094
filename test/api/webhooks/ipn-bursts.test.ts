import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../../src/db/pool.js';
import { eventually } from '../../support/eventually.js';
import { startOwnPostgres } from '../../support/own-postgres.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const path = '/v1/webhooks/nowpayments';
const secret = 'live secret';
const ipnSecrets = async () => [{ secret, mode: 'live' as const }];
let api: TestApp;
let payments = 7_000_000;

beforeAll(async () => {
  api = await testApp({ ipnSecrets });
});
afterAll(() => api.close());

/** Notices of payments that are not ours and claim nothing: only what the door does with them counts. */
const notices = (count: number, status = 'waiting') =>
  Array.from({ length: count }, () => ({ payment_id: ++payments, payment_status: status }));
const idsOf = (sent: readonly { payment_id: number }[]) => sent.map(({ payment_id }) => String(payment_id));
const signed = (payload: string, by = secret) => ({
  method: 'POST' as const,
  payload,
  headers: {
    'content-type': 'application/json',
    'x-nowpayments-sig': createHmac('sha512', by).update(payload).digest('hex'),
  },
});
const sendTo = ({ app }: Pick<TestApp, 'app'>, notice: object, { url = path, by = secret } = {}) =>
  app.inject({ url, ...signed(JSON.stringify(notice), by) });
const stored = async (ids: readonly string[], pool = api.deps.pool) => {
  const { rows } = await pool.query<{ payment_id: string }>(
    'select payment_id from provider_events where payment_id = any ($1) order by received_at, id',
    [ids],
  );
  return rows.map(({ payment_id }) => payment_id);
};

/** Keeps everybody from writing IPNs until it is let go. */
async function lockInbox(pool: TestApp['deps']['pool']) {
  const holder = await pool.connect();
  await holder.query('begin; lock table provider_events in exclusive mode');
  return {
    untilSomebodyWaits: (count = 1) =>
      eventually(async () => {
        const { rows } = await holder.query(
          `select 1 from pg_locks where not granted and relation = 'provider_events'::regclass`,
        );
        expect(rows.length).toBeGreaterThanOrEqual(count);
      }),
    letGo: async () => {
      await holder.query('commit');
      holder.release();
    },
    forget: () => holder.release(true),
  };
}

describe('IPNs that come at once', () => {
  it('are all stored, in the order they came, by few statements', async () => {
    const { pool } = api.deps;
    const texts: string[] = [];
    const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
    pool.query = ((given: { text?: string }, ...rest: unknown[]) => {
      texts.push(given.text ?? String(given));
      return query(given, ...rest);
    }) as typeof pool.query;
    const sent = notices(100);
    const answers = await Promise.all(sent.map((notice) => sendTo(api, notice)));
    pool.query = query as typeof pool.query;
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(await stored(idsOf(sent))).toEqual(idsOf(sent));
    expect(texts.filter((text) => text.startsWith('insert into provider_events')).length).toBeLessThanOrEqual(20);
  });

  it('answer each for itself: forged ones are 401 and leave no row', async () => {
    const sent = notices(40);
    const by = (place: number) => (place % 2 === 0 ? secret : 'foreign secret');
    const answers = await Promise.all(sent.map((notice, place) => sendTo(api, notice, { by: by(place) })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(sent.map((_, n) => (n % 2 === 0 ? 200 : 401)));
    expect(await stored(idsOf(sent))).toEqual(idsOf(sent.filter((_, n) => n % 2 === 0)));
  });

  it('do not suffer from one that cannot be stored', async () => {
    await api.deps.pool.query(
      `create function poison() returns trigger language plpgsql as $$
         begin if new.payment_status = 'poison' then raise 'cannot be stored'; end if; return new; end $$;
       create trigger poison before insert on provider_events for each row execute function poison()`,
    );
    const [poison] = notices(1, 'poison');
    const sent = [...notices(20), poison!, ...notices(20)];
    const answers = await Promise.all(sent.map((notice) => sendTo(api, notice)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(sent.map((each) => (each === poison ? 503 : 200)));
    expect(await stored(idsOf(sent))).toHaveLength(40);
  });

  it('find no more room in their account than it has, one by one', async () => {
    const account = await api.newAccount();
    await api.deps.pool.query(
      `insert into provider_events (id, fingerprint, account_id, kind, form, raw, headers)
       select gen_random_uuid(), 'burst:' || n, $1, 'other', 'A', '{}', '{}' from generate_series(1, 9990) n`,
      [account],
    );
    const url = `${path}/acc_${account}`;
    const sent = notices(30);
    const answers = await Promise.all(sent.map((notice) => sendTo(api, notice, { url })));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(10);
    expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(20);
    expect(await stored(idsOf(sent))).toHaveLength(10);
  });

  it('to two processes, the same of both, are one row', async () => {
    const other = await testApp({ ipnSecrets, pool: api.deps.pool });
    const inbox = await lockInbox(api.deps.pool);
    const [notice] = notices(1, 'hovering');
    const both = Promise.all([sendTo(api, notice!), sendTo(other, notice!)]);
    await inbox.untilSomebodyWaits(2); // neither has seen the other's
    await inbox.letGo();
    expect((await both).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(await stored(idsOf([notice!]))).toHaveLength(1);
    await other.close();
  });

  it('are answered by a process that stops', async () => {
    const other = await testApp({ ipnSecrets });
    const url = await other.app.listen({ port: 0, host: '127.0.0.1' });
    let begun = 0;
    other.app.server.on('request', () => (begun += 1));
    const inbox = await lockInbox(other.deps.pool);
    const sent = notices(20);
    const calls = sent.map(async (notice) => {
      const { payload, ...rest } = signed(JSON.stringify(notice));
      return (await fetch(`${url}${path}`, { ...rest, body: payload })).status;
    });
    await inbox.untilSomebodyWaits();
    await eventually(() => expect(begun).toBe(20));
    const closed = other.app.close();
    await inbox.letGo();
    expect(new Set(await Promise.all(calls))).toEqual(new Set([200]));
    await closed;
    expect(await stored(idsOf(sent), other.deps.pool)).toHaveLength(20);
    await other.close();
  });
});

it('an IPN is answered when its row is committed: of a PostgreSQL that dies before, nobody was told 200', async () => {
  const postgres = await startOwnPostgres();
  const pool = createPool({ url: postgres.url, max: 8, applicationName: 'test', onError: () => {} });
  const crashing = await testApp({ ipnSecrets, pool });
  try {
    const inbox = await lockInbox(pool);
    const sent = notices(30);
    const answers = Promise.all(sent.map((notice) => sendTo(crashing, notice)));
    await inbox.untilSomebodyWaits();
    await postgres.crash('SIGKILL');
    expect(new Set((await answers).map(({ statusCode }) => statusCode))).toEqual(new Set([503]));
    inbox.forget();
    await postgres.start();
    await eventually(async () => {
      const again = await Promise.all(sent.map((notice) => sendTo(crashing, notice)));
      expect(new Set(again.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    });
    expect(await stored(idsOf(sent), pool)).toHaveLength(30);
  } finally {
    await crashing.close();
    await pool.end();
    await postgres.close();
  }
}, 120_000);
