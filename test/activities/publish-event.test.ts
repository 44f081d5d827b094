import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAttemptRecorder } from '../../src/activities/deliver/attempt-recorder.js';
import { createPublisher, type Publisher } from '../../src/activities/deliver/publish-event.js';
import type { Pool } from '../../src/db/pool.js';
import { createEndpointSlots } from '../../src/webhooks/endpoint-slots.js';
import type { SendResult } from '../../src/webhooks/send.js';
import { anEndpoint, anEvent } from '../support/an-endpoint.js';
import { eventually } from '../support/eventually.js';
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
function publisherOf(send: (url: string) => Promise<SendResult>, pool: Pool = api.deps.pool) {
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
    slots: createEndpointSlots(),
    recorder: createAttemptRecorder(pool),
    retryWaitsMs: [60_000],
    nowMs: Date.now,
    random: () => 0,
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
  for (const url of urls) await anEndpoint(api, key, { url });
  return { event: () => anEvent(api.deps.pool, { accountId }) };
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

describe('an answer that came while the database was away', () => {
  it('is written when it is back: nothing is sent twice', async () => {
    const eventId = await (await aMerchant(fast)).event();
    let refusals = 2;
    const flaky = new Proxy(api.deps.pool, {
      get: (pool, name, receiver) => {
        if (name !== 'connect' || refusals <= 0) return Reflect.get(pool, name, receiver) as unknown;
        refusals -= 1;
        return () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
      },
    });
    const { publisher, sent, failures } = publisherOf(async () => accepted, flaky);
    await publisher.publish([eventId]);
    expect(await statusesOf(eventId)).toEqual([`${fast} delivered`]);
    expect([sent.length, failures, refusals]).toEqual([1, [], 0]);
  });

  it('is reported when nothing can be written, and the claim ends by itself', async () => {
    const eventId = await (await aMerchant(fast)).event();
    const broken = new Proxy(api.deps.pool, {
      get: (pool, name, receiver) =>
        name === 'connect' ? () => Promise.reject(new Error('a bug')) : (Reflect.get(pool, name, receiver) as unknown),
    });
    const { publisher, failures } = publisherOf(async () => accepted, broken);
    await publisher.publish([eventId]);
    expect(failures.map(String)).toEqual(['Error: a bug']);
    expect(await statusesOf(eventId)).toEqual([`${fast} in_flight`]);
  });
});
