import { afterAll, describe, expect, it } from 'vitest';
import { testApp } from '../../support/test-app.js';

const api = await testApp();
const atSandbox = await testApp({ settings: { hasTestClock: false } });
afterAll(() => Promise.all([api.close(), atSandbox.close()]));

describe('the test clock', () => {
  it('hands one step to the order, by as much as is said or to the end of what it waits for', async () => {
    const key = await api.newKey({ mode: 'test' });
    const order = await api.placed(key);
    const steps: unknown[] = [];
    api.runs.onAdvance = async (_order, step) => {
      steps.push(step);
      return { kind: 'stayed', status: 'pending', reason: null };
    };
    const url = `/v1/test/orders/${order.order_id}/advance`;
    for (const options of [{}, { body: {} }, { body: { seconds: 90 } }]) {
      const answer = await api.call(key, 'POST', url, options);
      expect(answer.statusCode, answer.body).toBe(200);
      expect(answer.json()).toMatchObject({ order_id: order.order_id, status: 'pending' });
    }
    const id = expect.stringMatching(/^advance:/);
    expect(steps).toEqual([
      { kind: 'advance', id, byMs: null },
      { kind: 'advance', id, byMs: null },
      { kind: 'advance', id, byMs: 90_000 },
    ]);
  });

  it('asks for patience while the address is being made', async () => {
    const key = await api.newKey({ mode: 'test' });
    const order = await api.placed(key);
    api.runs.onAdvance = async () => ({ kind: 'waits', status: 'pending', reason: 'its payment is being made' });
    const answer = await api.call(key, 'POST', `/v1/test/orders/${order.order_id}/advance`);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBeDefined();
  });

  it('is closed where test orders are at the sandbox', async () => {
    const key = await atSandbox.newKey({ mode: 'test' });
    const order = await atSandbox.placed(key);
    const answer = await atSandbox.call(key, 'POST', `/v1/test/orders/${order.order_id}/advance`);
    expect(answer.statusCode).toBe(403);
    expect(answer.json().detail).toContain('sandbox');
  });
});
