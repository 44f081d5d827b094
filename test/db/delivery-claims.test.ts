import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimDue, claimOfEvents, noteRunEnded } from '../../src/db/deliveries/delivery-claims.js';
import { anEndpoint, anEvent } from '../support/an-endpoint.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const rows = async (sql: string, ...values: unknown[]) => (await api.deps.pool.query(sql, values)).rows;
const uuidOf = ({ id }: Record<string, string>) => id!.slice('whk_'.length);

/** A merchant with endpoints; only its deliveries are due. */
async function aMerchant(endpoints = 1) {
  await rows(`update deliveries set next_attempt_at = null where status <> 'delivered'`);
  const accountId = await api.newAccount();
  const key = await api.newKey({ accountId });
  const ids: string[] = [];
  for (let n = 0; n < endpoints; n += 1) ids.push(uuidOf(await anEndpoint(api, key)));
  return { accountId, key, ids, event: () => anEvent(api.deps.pool, { accountId }) };
}

const claim = (
  over: { free?: Record<string, number>; limit?: number; most?: number; answered?: readonly string[] } = {},
) => {
  const { free = {}, limit = 100, most = 128, answered = [] } = over;
  const shares = { endpointIds: Object.keys(free), free: Object.values(free), preset: 4, most, answered };
  return claimDue(api.deps.pool, { shares, limit, from: randomUUID() });
};
const perEndpoint = (claimed: readonly { endpointId: string }[], ids: readonly string[]) =>
  ids.map((id) => claimed.filter(({ endpointId }) => endpointId === id).length);

describe('claiming what is due', () => {
  it('takes each endpoint’s share, however much waits for another', async () => {
    const { ids, event } = await aMerchant(2);
    for (let n = 0; n < 30; n += 1) await event();
    await rows(
      'delete from deliveries where endpoint_id = $1 and event_id <> (select max(event_id::text)::uuid from deliveries where endpoint_id = $1)',
      ids[1],
    );
    const claimed = await claim();
    expect(perEndpoint(claimed, ids)).toEqual([4, 1]);
    expect(claimed.every(({ attempts, round }) => attempts === 1 && round === 1)).toBe(true);
    expect(perEndpoint(await claim({ free: { [ids[0]!]: 0 } }), ids)).toEqual([0, 0]);
    expect(perEndpoint(await claim({ free: { [ids[0]!]: 9 } }), ids)).toEqual([9, 0]);
    expect(perEndpoint(await claim({ free: { [ids[0]!]: 99 }, limit: 2 }), ids)).toEqual([2, 0]);
  });

  it('leaves out what is paused, disabled, not due yet, or claimed by another', async () => {
    const { ids, event } = await aMerchant(5);
    await event();
    const [paused, disabled, later, claimed] = ids;
    await rows('update webhook_endpoints set active = false where id = $1', paused);
    await rows(`update webhook_endpoints set disabled_at = now(), disabled_reason = 'gone' where id = $1`, disabled);
    await rows(`update deliveries set next_attempt_at = now() + interval '1 minute' where endpoint_id = $1`, later);
    await rows(
      `update deliveries set status = 'in_flight', attempts = 1, claimed_until = now() + interval '1 minute'
       where endpoint_id = $1`,
      claimed,
    );
    expect(perEndpoint(await claim(), ids)).toEqual([0, 0, 0, 0, 1]);
  });

  it('takes a retry as it takes a first attempt, the one that is due for longest first', async () => {
    const { ids, event } = await aMerchant();
    const [early, late] = [await event(), await event()];
    await rows('update deliveries set attempts = 3 where event_id = $1', late);
    await rows(`update deliveries set next_attempt_at = now() - interval '1 hour' where event_id = $1`, late);
    const free = { [ids[0]!]: 1 };
    expect(await claim({ free })).toMatchObject([{ eventId: late, attempts: 4, unfollowed: false }]);
    expect(await claim({ free })).toMatchObject([{ eventId: early, attempts: 1, unfollowed: false }]);
  });

  it('takes no more of an endpoint than all processes together may have on the wire', async () => {
    const { ids, event } = await aMerchant(2);
    for (let n = 0; n < 20; n += 1) await event();
    const free = Object.fromEntries(ids.map((id) => [id, 99]));
    expect(perEndpoint(await claim({ free, most: 6 }), ids)).toEqual([6, 6]);
    const ofAnother = await claim({ free, most: 10 });
    expect(perEndpoint(ofAnother, ids)).toEqual([4, 4]);
    expect(perEndpoint(await claim({ free, most: 10 }), ids)).toEqual([0, 0]);
    const fresh = await event();
    const shares = { endpointIds: [], free: [], preset: 4, answered: [] };
    const first = (most: number) => claimOfEvents(api.deps.pool, [fresh], { shares: { ...shares, most }, limit: 9 });
    expect(await first(10)).toEqual([]);
    await rows(`update deliveries set status = 'delivered' where id = $1`, ofAnother[0]!.id);
    expect(perEndpoint(await first(10), ids).reduce((sum, each) => sum + each)).toBe(1);
    // What a dead worker held is held by nobody.
    await rows(`update deliveries set claimed_until = now() - interval '1 second' where status = 'in_flight'`);
    expect(perEndpoint(await claim({ free, most: 10 }), ids)).toEqual([10, 10]);
  });

  it('keeps no place for what this process has its answer of, though that is not recorded yet', async () => {
    const { ids, event } = await aMerchant();
    for (let n = 0; n < 12; n += 1) await event();
    const free = { [ids[0]!]: 99 };
    const first = await claim({ free, most: 4 });
    expect(await claim({ free, most: 4 })).toEqual([]);
    const answered = first.slice(0, 3).map(({ id }) => id);
    const next = await claim({ free, most: 4, answered });
    expect(next).toHaveLength(3);
    expect(next.some(({ id }) => answered.includes(id))).toBe(false); // it is still claimed, and is not sent again
    const fresh = await event();
    const shares = { endpointIds: ids, free: [99], preset: 4, most: 5 };
    const ofEvent = (done: readonly string[]) =>
      claimOfEvents(api.deps.pool, [fresh], { shares: { ...shares, answered: done }, limit: 9 });
    expect(await ofEvent([])).toEqual([]);
    expect(await ofEvent(answered)).toHaveLength(1);
  });

  it('says of one whose run ended that nobody follows it, once', async () => {
    const { ids, event } = await aMerchant();
    await event();
    const [first] = await claim();
    await rows(`update deliveries set status = 'pending', claimed_until = null where endpoint_id = $1`, ids[0]);
    expect(await noteRunEnded(api.deps.pool, first!.id)).toBe(true);
    expect(await claim()).toMatchObject([{ attempts: 2, unfollowed: true }]);
    expect(await noteRunEnded(api.deps.pool, first!.id)).toBe(false); // on the wire
    await rows(`update deliveries set status = 'pending', claimed_until = null where endpoint_id = $1`, ids[0]);
    expect(await claim()).toMatchObject([{ attempts: 3, unfollowed: false }]);
  });

  it('takes over an attempt whose worker is gone, as the next one', async () => {
    const { ids, event } = await aMerchant();
    await event();
    expect(await claim()).toHaveLength(1);
    expect(await claim()).toEqual([]);
    await rows(`update deliveries set claimed_until = now() - interval '1 second' where endpoint_id = $1`, ids[0]);
    expect(await claim()).toMatchObject([{ attempts: 2, unfollowed: true }]);
  });

  it('gives a delivery to one of many that ask at once', async () => {
    const { ids, event } = await aMerchant();
    for (let n = 0; n < 20; n += 1) await event();
    const free = { [ids[0]!]: 5 };
    const claimed = (await Promise.all(Array.from({ length: 6 }, () => claim({ free })))).flat();
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length);
    expect(claimed.length).toBeGreaterThanOrEqual(5);
  });

  it('begins its round of endpoints where it is told, so that none is always last', async () => {
    const { ids, event } = await aMerchant(4);
    await event();
    const [a, b, c, d] = [...ids].sort();
    const nextAfter = async (from: string) => {
      const shares = { endpointIds: [], free: [], preset: 4, most: 128, answered: [] };
      const [claimed] = await claimDue(api.deps.pool, { shares, limit: 1, from });
      return claimed?.endpointId;
    };
    expect(await nextAfter(b!)).toBe(c);
    expect(await nextAfter(d!)).toBe(a);
    expect(await nextAfter(b!)).toBe(d);
    expect(await nextAfter(b!)).toBe(b);
  });
});

describe('claiming the deliveries of events', () => {
  it('takes only theirs, and none of an endpoint without a place', async () => {
    const { ids, event } = await aMerchant(2);
    const one = await event();
    const other = await event();
    const shares = { endpointIds: [ids[1]!], free: [0], preset: 4, most: 128, answered: [] };
    const claimed = await claimOfEvents(api.deps.pool, [one], { shares, limit: 100 });
    expect(claimed).toMatchObject([{ eventId: one, endpointId: ids[0] }]);
    expect(claimed.some(({ eventId }) => eventId === other)).toBe(false);
  });

  it('takes of each endpoint no more than it has places, and leaves the rest as it is', async () => {
    const { ids, event } = await aMerchant(2);
    const events: string[] = [];
    for (let n = 0; n < 6; n += 1) events.push(await event());
    const shares = { endpointIds: [ids[1]!], free: [2], preset: 4, most: 128, answered: [] };
    const claimed = await claimOfEvents(api.deps.pool, events, { shares, limit: 100 });
    expect(perEndpoint(claimed, ids)).toEqual([4, 2]);
    const left = await rows(
      `select distinct status, attempts, next_attempt_at <= now() as due from deliveries
       where event_id = any ($1) and status = 'pending'`,
      events,
    );
    expect(left).toEqual([{ status: 'pending', attempts: 0, due: true }]);
  });
});
