import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { followEvents, type EventStream } from '../support/event-stream.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ stepMs: 400, env: { MAX_LIVE_STREAMS: '60' } });
}, 120_000);
afterAll(() => stack?.close());

const streams: EventStream[] = [];

async function follow(path: string): Promise<EventStream> {
  const stream = await followEvents(`${stack.apiUrl}${path}/events`);
  streams.push(stream);
  return stream;
}

async function checkout(): Promise<{ id: string; path: string }> {
  const { body } = await stack.live.checkout();
  return { id: body.order_id, path: new URL(body.payment_url).pathname };
}

const statusOf = async (path: string) =>
  (await fetch(`${stack.apiUrl}${path}/status`)).json() as Promise<Record<string, unknown>>;

describe('an open payment page', () => {
  it('is told of what changes, until it is paid, and then left', async () => {
    const { id, path } = await checkout();
    const page = await follow(path);
    await eventually(() => expect(page.messages).toHaveLength(1));
    const seen = new Set<unknown>();
    await stack.sim('/pay', { order_id: id });
    await eventually(async () => {
      seen.add((await statusOf(path)).status);
      expect(page.isOver).toBe(true);
    });
    expect([...seen]).toEqual(expect.arrayContaining(['confirming', 'paid']));
    expect(page.messages.length).toBeGreaterThanOrEqual(2); // what comes between two looks is told as one
    expect(new Set(page.messages).size).toBe(page.messages.length);
    expect((await statusOf(path)).status).toBe('paid');
  });

  it('survives every connection of the database being killed', async () => {
    const { id, path } = await checkout();
    const page = await follow(path);
    await eventually(() => expect(page.messages).toHaveLength(1));
    await stack.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name like 'quittance-%'`,
    );
    await stack.sim('/pay', { order_id: id });
    await eventually(() => expect(page.isOver).toBe(true), { timeoutMs: 25_000 });
    expect((await statusOf(path)).status).toBe('paid');
  });

  it('is one of at most 50 of an order, and of as many in all as the process may have', async () => {
    const { path } = await checkout();
    const pages = await Promise.all(Array.from({ length: 50 }, () => follow(path)));
    const refusal = await fetch(`${stack.apiUrl}${path}/events`);
    expect(refusal.status).toBe(503);
    await refusal.body?.cancel();

    const others = await Promise.all([checkout(), checkout()]);
    const more = await Promise.all(others.flatMap((each) => Array.from({ length: 5 }, () => follow(each.path))));
    await expect(follow((await checkout()).path)).rejects.toThrow('503');
    for (const page of [...pages, ...more]) page.leave();
    const late = await eventually(() => follow(path)); // there is room again
    late.leave();
  });

  it('is let go when the API stops, which does not wait for it', async () => {
    const other = await startStack();
    const { body } = await other.live.checkout({}, 'one-key');
    const page = await followEvents(`${other.apiUrl}${new URL(body.payment_url).pathname}/events`);
    await eventually(() => expect(page.messages).toHaveLength(1));
    await other.close();
    expect(page.isOver).toBe(true);
  });
});
