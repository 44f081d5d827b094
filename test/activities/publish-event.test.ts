import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAttemptRecorder } from '../../src/activities/deliver/attempt-recorder.js';
import { createPublisher, type Publisher } from '../../src/activities/deliver/publish-event.js';
import type { Pool } from '../../src/db/pool.js';
import { untraced } from '../../src/tracing/traced.js';
import { createEndpointSlots, type EndpointSlots } from '../../src/webhooks/endpoint-slots.js';
import type { SendResult } from '../../src/webhooks/send.js';
import { anEndpoint, anEvent } from '../support/an-endpoint.js';
import { eventually } from '../support/eventually.js';
import { countUpdates, retriesDue } from '../support/row-updates.js';
import { testApp, type TestApp } from '../support/test-app.js';

const accepted: SendResult = { ok: true, status: 204, excerpt: null, error: null, retryAfterMs: null, durationMs: 1 };
const failed: SendResult = { ...accepted, ok: false, status: 500, error: 'HTTP 500' };

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());
afterEach(() => api.deps.pool.query(`update deliveries set next_attempt_at = null where status <> 'delivered'`));

/** A publisher whose attempts end as the test says. */
function publisherOf(
  send: (url: string) => Promise<SendResult>,
  {
    pool = api.deps.pool,
    waits = [60_000],
    slots = createEndpointSlots(),
    mostOnTheWire = 512,
  }: { pool?: Pool; waits?: readonly number[]; slots?: EndpointSlots; mostOnTheWire?: number } = {},
) {
  const seen = { started: [] as string[], failures: [] as unknown[], sent: [] as string[] };
  const publisher: Publisher = createPublisher({
    pool: api.deps.pool,
    keyring: api.deps.keyring,
    sender: {
      send: async ({ url }) => {
        seen.sent.push(url);
        return send(url);
      },
    },
    slots,
    traced: untraced,
    mostOnTheWire,
    mostPerEndpoint: 128,
    recorder: createAttemptRecorder({ pool, retryWaitsMs: waits, random: () => 0 }),
    nowMs: Date.now,
    startDelivery: async ({ id }) => {
      seen.started.push(id);
    },
    onFailure: (failure) => {
      seen.failures.push(failure);
    },
  });
  return { publisher, ...seen };
}

async function aMerchant(...urls: string[]) {
  const accountId = await api.newAccount();
  const key = await api.newKey({ accountId });
  const endpointIds: string[] = [];
  for (const url of urls) endpointIds.push((await anEndpoint(api, key, { url }))['id']!.slice('whk_'.length));
  return { endpointIds, event: () => anEvent(api.deps.pool, { accountId }) };
}

const statusesOf = async (eventId: string) =>
  (
    await api.deps.pool.query(
      `select w.url, d.status from deliveries d join webhook_endpoints w on w.id = d.endpoint_id
       where d.event_id = $1 order by w.url`,
      [eventId],
    )
  ).rows.map(({ url, status }) => `${url} ${status}`);
const isPublished = async (eventId: string) =>
  (await api.deps.pool.query('select published_at from outgoing_events where id = $1', [eventId])).rows[0]
    .published_at !== null;

const fast = 'https://fast.example.com/';
const slow = 'https://slow.example.com/';

describe('publishing an event', () => {
  it('makes each first attempt, records it, and hands what failed to a workflow', async () => {
    const eventId = await (await aMerchant(fast, slow)).event();
    const { publisher, started, failures } = publisherOf(async (url) => (url === fast ? accepted : failed));
    await publisher.publish([eventId]);
    expect(await statusesOf(eventId)).toEqual([`${fast} delivered`, `${slow} pending`]);
    expect(await isPublished(eventId)).toBe(true);
    expect([started.length, failures]).toEqual([1, []]);
  });

  it('counts what our own proxy kept from being sent as no attempt, and nothing against the endpoint', async () => {
    const { endpointIds, event } = await aMerchant(fast);
    const eventId = await event();
    let outcome: SendResult = { ...failed, status: null, isNotSent: true };
    const { publisher, started, failures } = publisherOf(async () => outcome);
    const stands = async () =>
      (
        await api.deps.pool.query(
          `select d.status, d.attempts, d.next_attempt_at > now() + interval '20 seconds' as later, w.last_failure_at,
             w.consecutive_failures, (select count(*) from delivery_attempts a where a.delivery_id = d.id) as told
           from deliveries d join webhook_endpoints w on w.id = d.endpoint_id where d.event_id = $1`,
          [eventId],
        )
      ).rows[0];
    const untouched = { last_failure_at: null, consecutive_failures: 0, told: 0 };
    await publisher.publish([eventId]);
    expect(await stands()).toEqual({ status: 'pending', attempts: 0, later: true, ...untouched });
    expect(started).toEqual([]);

    await api.deps.pool.query('update deliveries set next_attempt_at = now() where event_id = $1', [eventId]);
    outcome = failed;
    await publisher.publishDue();
    await eventually(async () => expect(await stands()).toMatchObject({ status: 'pending', attempts: 1, told: 1 }));
    await eventually(() => expect(started).toHaveLength(1));
    await publisher.stop();
    expect([endpointIds.length, failures]).toEqual([1, []]);
  });

  it('does not wait for a slow endpoint; stopping does', async () => {
    const eventId = await (await aMerchant(fast, slow)).event();
    let answer: (result: SendResult) => void = () => {};
    const late = new Promise<SendResult>((resolve) => (answer = resolve));
    const { publisher } = publisherOf(async (url) => (url === fast ? accepted : late));
    await publisher.publish([eventId]);
    expect(await statusesOf(eventId)).toEqual([`${fast} delivered`, `${slow} in_flight`]);
    const stopped = publisher.stop();
    answer(accepted);
    await stopped;
    expect(await statusesOf(eventId)).toEqual([`${fast} delivered`, `${slow} delivered`]);
  });

  it('starts nothing once it is stopped: what is due stays due', async () => {
    const eventId = await (await aMerchant(fast)).event();
    const { publisher, sent } = publisherOf(async () => accepted);
    await publisher.stop();
    await publisher.publish([eventId]);
    await publisher.publishDue();
    expect(sent).toEqual([]);
    expect(await statusesOf(eventId)).toEqual([`${fast} pending`]);
    expect(await isPublished(eventId)).toBe(false);
  });
});

describe('what is due', () => {
  it('is sent as places become free, beyond the first four', async () => {
    const { event } = await aMerchant(fast);
    const events: string[] = [];
    for (let n = 0; n < 40; n += 1) events.push(await event());
    const { publisher, sent } = publisherOf(async () => accepted);
    await publisher.publishDue();
    await eventually(async () => {
      for (const eventId of events) expect(await statusesOf(eventId)).toEqual([`${fast} delivered`]);
    });
    await publisher.stop();
    expect(sent).toHaveLength(40);
  });

  it('waits behind a black hole for nobody: the hole has four attempts, the others all theirs', async () => {
    const { event } = await aMerchant(slow);
    for (let n = 0; n < 20; n += 1) await event();
    const healthy = await aMerchant(fast);
    const events: string[] = [];
    for (let n = 0; n < 2; n += 1) events.push(await healthy.event());
    let answer: (result: SendResult) => void = () => {};
    const never = new Promise<SendResult>((resolve) => (answer = resolve));
    const { publisher, sent } = publisherOf(async (url) => (url === fast ? accepted : never));
    await publisher.publishDue();
    await eventually(async () => {
      for (const eventId of events) expect(await statusesOf(eventId)).toEqual([`${fast} delivered`]);
    });
    expect(sent.filter((url) => url === slow)).toHaveLength(4);
    answer(failed);
    await publisher.stop();
  });
});

describe('what finds no place at its endpoint', () => {
  it('is not touched, in however many rounds: a hanging endpoint costs its four attempts and nothing else', async () => {
    const { endpointIds } = await aMerchant(slow);
    await retriesDue(api.deps.pool, { endpointId: endpointIds[0]!, count: 300, inSeconds: 0 });
    let answer: (result: SendResult) => void = () => {};
    const never = new Promise<SendResult>((resolve) => (answer = resolve));
    const { publisher, sent, failures } = publisherOf(async () => never);
    const updates = await countUpdates(api.deps.pool);
    for (let round = 0; round < 50; round += 1) await publisher.publishDue();
    expect([sent.length, await updates(endpointIds[0]!)]).toEqual([4, 4]);
    await api.deps.pool.query(`update deliveries set next_attempt_at = null where status = 'pending'`);
    answer(failed);
    await publisher.stop();
    expect(failures).toEqual([]);
  });

  it('is not touched either when fifty orders are told of at once', async () => {
    const { event, endpointIds } = await aMerchant(slow);
    const events: string[] = [];
    for (let n = 0; n < 50; n += 1) events.push(await event());
    let answer: (result: SendResult) => void = () => {};
    const never = new Promise<SendResult>((resolve) => (answer = resolve));
    const { publisher, sent } = publisherOf(async () => never);
    const updates = await countUpdates(api.deps.pool);
    await Promise.all(events.map((eventId) => publisher.publish([eventId])));
    expect([sent.length, await updates(endpointIds[0]!)]).toEqual([4, 4]);
    await api.deps.pool.query(`update deliveries set next_attempt_at = null where status = 'pending'`);
    answer(failed);
    await publisher.stop();
  });
});

describe('many endpoints that hang', () => {
  it('have half of the wire, and what is well goes over the other', async () => {
    const urls = Array.from({ length: 9 }, (_, n) => `https://hangs-${n}.example.com/`);
    const [hanging, healthy] = [await aMerchant(...urls), await aMerchant(fast)];
    const slots = createEndpointSlots();
    for (const id of hanging.endpointIds) for (let n = 0; n < 2; n += 1) slots.take(id)('struggling');
    for (let n = 0; n < 3; n += 1) await hanging.event();
    let answer: (result: SendResult) => void = () => {};
    const never = new Promise<SendResult>((resolve) => (answer = resolve));
    const { publisher, sent } = publisherOf(async (url) => (url === fast ? accepted : never), {
      slots,
      mostOnTheWire: 8,
    });
    await publisher.publishDue();
    expect(sent).toHaveLength(4);
    const events = [await healthy.event(), await healthy.event(), await healthy.event()];
    await publisher.publishDue();
    await eventually(async () => {
      for (const eventId of events) expect(await statusesOf(eventId)).toEqual([`${fast} delivered`]);
    });
    expect(sent.filter((url) => url !== fast)).toHaveLength(4);
    await api.deps.pool.query(`update deliveries set next_attempt_at = null where status = 'pending'`);
    answer(failed);
    await publisher.stop();
  });
});

describe('a retry that is due', () => {
  it('is made here, and its workflow, which looks by itself, is not called', async () => {
    const { endpointIds } = await aMerchant(slow);
    const [id] = await retriesDue(api.deps.pool, { endpointId: endpointIds[0]!, count: 1, inSeconds: 0 });
    const { publisher, sent, started } = publisherOf(async () => failed, { waits: [60_000, 60_000] });
    await publisher.publishDue();
    await publisher.stop();
    expect([sent, started]).toEqual([[slow], []]);
    const { rows } = await api.deps.pool.query('select status, attempts from deliveries where id = $1', [id]);
    expect(rows).toEqual([{ status: 'pending', attempts: 2 }]);
  });

  it('has a workflow from then on when the worker before died with it: it may have none', async () => {
    const { endpointIds } = await aMerchant(slow);
    const [id] = await retriesDue(api.deps.pool, { endpointId: endpointIds[0]!, count: 1, inSeconds: 0 });
    await api.deps.pool.query(`update deliveries set status = 'in_flight', claimed_until = now() where id = $1`, [id]);
    const { publisher, started } = publisherOf(async () => failed, { waits: [60_000, 60_000] });
    await publisher.publishDue();
    await publisher.stop();
    expect(started).toEqual([id]);
  });
});

describe('an endpoint whose row is held by somebody', () => {
  it('holds up the record of its own attempts, not that of others in the same moment', async () => {
    const [held, free] = [await aMerchant(slow), await aMerchant(fast)];
    const [waits, goes] = [await held.event(), await free.event()];
    const { publisher } = publisherOf(async () => accepted);
    const holder = await api.deps.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select 1 from webhook_endpoints where id = $1 for update', [held.endpointIds[0]]);
      await publisher.publish([waits, goes]);
      await eventually(async () => expect(await statusesOf(goes)).toEqual([`${fast} delivered`]));
      expect(await statusesOf(waits)).toEqual([`${slow} in_flight`]);
      await holder.query('commit');
    } finally {
      holder.release();
    }
    await eventually(async () => expect(await statusesOf(waits)).toEqual([`${slow} delivered`]));
    await publisher.stop();
  });
});

describe('an answer that came while the database was away', () => {
  const isAsking = (name: string | symbol) => name === 'connect' || name === 'query';

  it('is written when it is back: nothing is sent twice', async () => {
    const eventId = await (await aMerchant(fast)).event();
    let refusals = 2;
    const flaky = new Proxy(api.deps.pool, {
      get: (pool, name, receiver) => {
        if (!isAsking(name) || refusals <= 0) return Reflect.get(pool, name, receiver) as unknown;
        refusals -= 1;
        return () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
      },
    });
    const { publisher, sent, failures } = publisherOf(async () => accepted, { pool: flaky });
    await publisher.publish([eventId]);
    expect(await statusesOf(eventId)).toEqual([`${fast} delivered`]);
    expect([sent.length, failures, refusals]).toEqual([1, [], 0]);
  });

  it('is reported when nothing can be written, and the claim ends by itself', async () => {
    const eventId = await (await aMerchant(fast)).event();
    const broken = new Proxy(api.deps.pool, {
      get: (pool, name, receiver) =>
        isAsking(name) ? () => Promise.reject(new Error('a bug')) : (Reflect.get(pool, name, receiver) as unknown),
    });
    const { publisher, failures } = publisherOf(async () => accepted, { pool: broken });
    await publisher.publish([eventId]);
    expect(failures.map(String)).toEqual(['Error: a bug']);
    expect(await statusesOf(eventId)).toEqual([`${fast} in_flight`]);
  });
});
