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

const listening = async () => {
  const { rows } = await stack.pool.query(
    `select pid from pg_stat_activity where datname = current_database() and application_name = 'quittance-api-listen'`,
  );
  return rows.map(({ pid }) => pid as number);
};

describe('an open payment page', () => {
  it('is told of each change, from confirming to paid, and then left', async () => {
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
    expect(page.messages.length).toBeGreaterThanOrEqual(3); // pending, confirming, paid
    expect(new Set(page.messages).size).toBe(page.messages.length);
    expect((await statusOf(path)).status).toBe('paid');
  });

  it('shares one database connection with every other page', async () => {
    const orders = await Promise.all(Array.from({ length: 5 }, checkout));
    const pages = await Promise.all(orders.flatMap(({ path }) => [follow(path), follow(path)]));
    await eventually(() => expect(pages.map(({ messages }) => messages.length)).toEqual(pages.map(() => 1)));
    expect(await listening()).toHaveLength(1);
    for (const page of pages) page.leave();
  });

  it('learns what happened while the database connection was gone', async () => {
    const [first, second] = [await checkout(), await checkout()];
    const pages = [await follow(first.path), await follow(second.path)];
    await eventually(() => expect(pages.map(({ messages }) => messages.length)).toEqual([1, 1]));
    const before = await listening();
    // Killed and changed in one statement: nobody listens when the change is announced.
    await stack.pool.query(
      `with killed as (select pg_terminate_backend(pid, 5000) as done from pg_stat_activity
         where datname = current_database() and application_name = 'quittance-api-listen')
       update orders set version = version + 1 where id = $1 and (select bool_and(done) from killed)`,
      [first.id],
    );
    await eventually(() => expect(pages.map(({ messages }) => messages.length)).toEqual([2, 1]));
    const after = await listening();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);

    await stack.sim('/pay', { order_id: second.id });
    await eventually(() => expect(pages[1]?.isOver).toBe(true));
    pages[0]?.leave();
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
