import { once } from 'node:events';
import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReceiver, type SeenDelivery } from '../../scripts/receiver/server.js';
import { createSender } from '../../src/webhooks/send.js';
import { newWebhookSecret, signatureHeaders } from '../../src/webhooks/sign.js';

const secret = newWebhookSecret();
const rotated = newWebhookSecret();
const known: string[] = [];
let server: Server;
let target: string;

beforeAll(async () => {
  server = createReceiver(() => known).listen(0, '127.0.0.1');
  await once(server, 'listening');
  target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function deliver(eventId: string, { secrets = [secret], ageMs = 0, unsigned = false } = {}) {
  const body = JSON.stringify({ id: eventId, type: 'crypto.order.paid', data: { order_id: 'ord_0123456789ab' } });
  const nowMs = Date.now() - ageMs;
  const signed = signatureHeaders({ eventId, eventType: 'crypto.order.paid', body, secrets, nowMs });
  const sender = createSender({ allowTargets: [target], ownHosts: [] });
  const headers = unsigned ? {} : signed;
  const { status } = await sender.send({ endpointId: 'whk_1', url: `http://${target}/hook`, body, headers });
  await sender.close();
  return status;
}

async function newest(): Promise<SeenDelivery | undefined> {
  const answer = await fetch(`http://${target}/_deliveries`);
  return ((await answer.json()) as { deliveries: SeenDelivery[] }).deliveries[0];
}

const tellSecret = (content: unknown, type = 'application/json') =>
  fetch(`http://${target}/_secret`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: JSON.stringify(content),
  }).then(({ status }) => status);

async function statusAs(host: string, path: string): Promise<number | undefined> {
  const asked = request(`http://${target}${path}`, { headers: { host } }).end();
  const [answer] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }];
  answer.resume();
  return answer.statusCode;
}

describe('the local receiver', () => {
  it('takes what it cannot check while it knows no secret', async () => {
    expect(await deliver('evt_1')).toBe(204);
    expect(await newest()).toMatchObject({ eventId: 'evt_1', signature: 'no secret', standardSignature: 'no secret' });
  });

  it('checks both forms with the secret it was told', async () => {
    expect(await tellSecret({ secret })).toBe(204);
    expect(await deliver('evt_2')).toBe(204);
    expect(await newest()).toMatchObject({
      eventId: 'evt_2',
      eventType: 'crypto.order.paid',
      times: 1,
      signature: 'verified',
      standardSignature: 'verified',
    });
  });

  it('checks with a secret that appears later in the dev file too', async () => {
    known.push(rotated);
    expect(await deliver('evt_3', { secrets: [rotated] })).toBe(204);
    expect(await newest()).toMatchObject({ signature: 'verified', standardSignature: 'verified' });
  });

  it.each([
    ['wrong', { secrets: [newWebhookSecret()] }],
    ['stale', { ageMs: 400_000 }],
    ['missing', { unsigned: true }],
  ])('shows and refuses a signature that is %s', async (state, how) => {
    expect(await deliver('evt_4', how)).toBe(401);
    expect(await newest()).toMatchObject({ signature: state, standardSignature: state });
  });

  it('counts how often an event came', async () => {
    await deliver('evt_5');
    await deliver('evt_5');
    expect(await newest()).toMatchObject({ eventId: 'evt_5', times: 2 });
  });

  it('streams what is there, then what comes', async () => {
    const answer = await fetch(`http://${target}/events`);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (wanted: string) => {
      while (!text.includes(wanted)) text += (await reader.read()).value ?? '';
    };
    await until('"eventId":"evt_1"');
    await deliver('evt_6');
    await until('"eventId":"evt_6"');
    await reader.cancel();
  });

  it.each([[{ secret: 'short' }], [{ secret: 5 }], [{}], [null]])('refuses %j as a secret', async (content) => {
    expect(await tellSecret(content)).toBe(400);
  });

  it('is no use to other sites', async () => {
    expect(await tellSecret({ secret }, 'text/plain')).toBe(415);
    expect(await statusAs('evil.example', '/_deliveries')).toBe(403);
    expect(await statusAs('localhost:1', '/_deliveries')).toBe(200);
    expect(await statusAs(target, '/../package.json')).toBe(404);
  });

  it('serves its page', async () => {
    for (const path of ['/', '/page.css', '/page.js']) {
      const answer = await fetch(`http://${target}${path}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    }
  });
});
