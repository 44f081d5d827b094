import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLiveStatus, type LiveStatus } from '../../src/api/live/live-status.js';
import { eventually } from '../support/eventually.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
let key: string;
let live: LiveStatus;

beforeAll(async () => {
  api = await testApp();
  key = await api.newKey();
});
afterAll(() => api.close());

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  live = createLiveStatus(api.deps);
});
afterEach(async () => {
  await live.close();
  vi.useRealTimers();
});

function aStream(from = '192.0.2.1') {
  const sent: number[] = [];
  const stream = { beats: 0, ends: 0 };
  return {
    from,
    sent,
    seen: stream,
    send: ({ version }: { version: number }) => void sent.push(version),
    beat: () => void (stream.beats += 1),
    end: () => void (stream.ends += 1),
  };
}

const open = async () => (await api.deps.metrics.payerStreams.get()).values[0]?.value;

describe('the streams of one process', () => {
  it('get a heartbeat every 20 s, so that proxies keep them and the dead are found', async () => {
    const stream = aStream();
    live.watch((await api.placed(key)).order_id, stream);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stream.seen.beats).toBe(3);
  });

  it('are told once how their order stands, and then of each change alone', async () => {
    const [changed, other] = [await api.placed(key), await api.placed(key)];
    const streams = [aStream(), aStream(), aStream()];
    live.watch(changed.order_id, streams[0]!);
    live.watch(other.order_id, streams[1]!);
    await eventually(() => expect(streams.map(({ sent }) => sent)).toEqual([[1], [1], []]));
    live.watch(changed.order_id, streams[2]!);
    await eventually(() => expect(streams.map(({ sent }) => sent)).toEqual([[1], [1], [1]]));
    await api.deps.pool.query('update orders set version = 7 where id = $1', [changed.order_id]);
    await eventually(() => expect(streams.map(({ sent }) => sent)).toEqual([[1, 7], [1], [1, 7]]));
  });

  it('are counted, and leaving twice counts once', async () => {
    const { order_id } = await api.placed(key);
    const [leave, other] = [live.watch(order_id, aStream()), live.watch(order_id, aStream())];
    expect(await open()).toBe(2);
    leave?.();
    leave?.();
    expect(await open()).toBe(1);
    other?.();
    expect(await open()).toBe(0);
  });

  it('are told of an order that turned into a stub while it was waited for', async () => {
    const { order_id } = await api.placed(key);
    await api.deps.pool.query(
      `update orders set payment_id = null, pay_address = null, pay_amount = null where id = $1`,
      [order_id],
    );
    const stream = aStream();
    live.watch(order_id, stream);
    await eventually(() => expect(stream.sent).toHaveLength(1));
    await api.deps.pool.query(
      `update orders set provider = 'stub', updated_at = updated_at + interval '1 second' where id = $1`,
      [order_id],
    );
    await eventually(() => expect(stream.sent).toHaveLength(2));
  });

  it('of one address are limited, and another address still has room', async () => {
    const { order_id } = await api.placed(key);
    await live.close();
    live = createLiveStatus({ ...api.deps, settings: { ...api.deps.settings, maxLiveStreamsPerAddress: 2 } });
    const leave = live.watch(order_id, aStream());
    live.watch(order_id, aStream());
    expect(live.watch(order_id, aStream())).toBeNull();
    expect(live.watch(order_id, aStream('192.0.2.2'))).not.toBeNull();
    leave?.();
    expect(live.watch(order_id, aStream())).not.toBeNull();
  });

  it('are ended at the close, and none is taken after it', async () => {
    const { order_id } = await api.placed(key);
    const stream = aStream();
    live.watch(order_id, stream);
    await live.close();
    expect(stream.seen.ends).toBe(1);
    expect(live.watch(order_id, aStream())).toBeNull();
  });
});
