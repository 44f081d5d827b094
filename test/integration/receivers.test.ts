import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/dev/ports.js';
import { createSender, type Sender } from '../../src/webhooks/send.js';
import { newWebhookSecret, signatureHeaders } from '../../src/webhooks/sign.js';
import { eventually } from '../support/eventually.js';
import { receiverLanguages, startExampleReceiver, type ExampleReceiver } from '../support/example-receivers.js';

const secret = newWebhookSecret();

interface Delivery {
  readonly eventId: string;
  readonly signed?: string;
  readonly sent?: string;
  readonly secrets?: readonly string[];
  readonly ageMs?: number;
  readonly without?: string;
}

describe.each(receiverLanguages)('the receiver in %s', (language) => {
  let receiver: ExampleReceiver;
  let sender: Sender;
  let target: string;

  beforeAll(async () => {
    const port = await freePort();
    target = `127.0.0.1:${port}`;
    receiver = await startExampleReceiver(language, { port, secret });
    sender = createSender({ allowTargets: [target], ownHosts: [] });
  }, 240_000);

  afterAll(async () => {
    await sender?.close();
    await receiver?.stop();
  });

  /** Sends a delivery and resolves to the receiver's answer. */
  async function deliver({
    eventId,
    secrets = [secret],
    ageMs = 0,
    without,
    ...bodies
  }: Delivery): Promise<number | null> {
    const body = bodies.signed ?? bodyOf(eventId);
    const nowMs = Date.now() - ageMs;
    const headers = signatureHeaders({ eventId, eventType: 'crypto.order.paid', body, secrets, nowMs });
    if (without) delete headers[without];
    const sent = bodies.sent ?? body;
    const { status } = await sender.send({ endpointId: 'whk_1', url: `http://${target}/hook`, body: sent, headers });
    return status;
  }

  const accepted = () => receiver.accepted();

  it('accepts a signed delivery and prints it', async () => {
    expect(await deliver({ eventId: 'evt_true' })).toBe(204);
    await eventually(() =>
      expect(accepted()).toContainEqual({
        event_id: 'evt_true',
        event_type: 'crypto.order.paid',
        data: { note: 'née ☕', version: 3 },
      }),
    );
  });

  it('accepts an event that comes again, and counts it once', async () => {
    for (let count = 0; count < 3; count += 1) expect(await deliver({ eventId: 'evt_again' })).toBe(204);
    expect(await deliver({ eventId: 'evt_after' })).toBe(204);
    await eventually(() => expect(accepted()).toContainEqual(expect.objectContaining({ event_id: 'evt_after' })));
    expect(accepted().filter((line) => (line as { event_id: string }).event_id === 'evt_again')).toHaveLength(1);
  });

  it('accepts either secret of a rotation', async () => {
    expect(await deliver({ eventId: 'evt_new', secrets: [newWebhookSecret(), secret] })).toBe(204);
    expect(await deliver({ eventId: 'evt_old', secrets: [secret, newWebhookSecret()] })).toBe(204);
  });

  it.each<[string, Delivery]>([
    ['a tampered one', { eventId: 'evt_bad', sent: bodyOf('evt_bad').replace('3', '4') }],
    ['one signed over other white space', { eventId: 'evt_bad', sent: bodyOf('evt_bad').replace(':', ': ') }],
    ['one of another secret', { eventId: 'evt_bad', secrets: [newWebhookSecret()] }],
    ['one of the day before', { eventId: 'evt_bad', ageMs: 86_400_000 }],
    ['one just too old', { eventId: 'evt_bad', ageMs: 302_000 }],
    ['one from the future', { eventId: 'evt_bad', ageMs: -310_000 }],
    ['an unsigned one', { eventId: 'evt_bad', without: 'x-driftstack-signature' }],
  ])('refuses %s', async (_, delivery) => {
    expect(await deliver(delivery)).toBe(401);
    expect(await deliver({ eventId: 'evt_good_again' })).toBe(204);
    expect(receiver.output()).not.toContain('evt_bad');
  });

  it('accepts one that waited 4 minutes', async () => {
    expect(await deliver({ eventId: 'evt_waited', ageMs: 240_000 })).toBe(204);
  });
});

function bodyOf(id: string): string {
  return JSON.stringify({
    id,
    type: 'crypto.order.paid',
    created_at: '2026-11-24T10:00:00.000Z',
    data: { note: 'née ☕', version: 3 },
  });
}
