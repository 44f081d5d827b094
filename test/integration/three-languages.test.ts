import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../scripts/dev/ports.js';
import { eventually } from '../support/eventually.js';
import { receiverLanguages, startExampleReceiver, type ExampleReceiver } from '../support/example-receivers.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
const receivers: ExampleReceiver[] = [];

beforeAll(async () => {
  const ports = await Promise.all(receiverLanguages.map(() => freePort())); // at once: no port twice
  stack = await startStack({ env: { WEBHOOK_ALLOW_TARGETS: ports.map((port) => `127.0.0.1:${port}`).join(',') } });
  for (const [at, language] of receiverLanguages.entries()) {
    const port = ports[at] ?? 0;
    const { body } = await stack.live.call('POST', '/v1/webhooks', {
      url: `http://127.0.0.1:${port}/hook`,
      events: ['crypto.order.paid'],
    });
    receivers.push(await startExampleReceiver(language, { port, secret: body.secret })); // each has its own
  }
}, 400_000);

afterAll(async () => {
  for (const receiver of receivers) await receiver.stop();
  await stack?.close();
});

it('an order paid at the provider reaches three receivers in three languages, each of which verifies it', async () => {
  const { body: order } = await stack.live.checkout();
  await stack.sim('/pay', { order_id: order.order_id });
  const events = await eventually(() => {
    const accepted = receivers.map((receiver) => receiver.accepted()[0] as { event_id: string } | undefined);
    expect(accepted).toEqual(
      receiverLanguages.map(() => ({
        event_id: expect.any(String),
        event_type: 'crypto.order.paid',
        data: expect.objectContaining({ order_id: order.order_id, price_cents: 4900, version: expect.any(Number) }),
      })),
    );
    return accepted;
  });
  expect(new Set(events.map((event) => event?.event_id)).size).toBe(1); // one event, one id for all
});
