import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { QuittanceError, WebhookPayloadError, WebhookSignatureError, parseWebhook } from '../../sdk/src/index.js';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const nowMs = 1_795_000_000_000;
const ping = '{"id":"e1","type":"test.ping","created_at":"2026-11-24T10:00:00.000Z","data":{"webhook_id":"whk_1"}}';

function headersFor(body: string) {
  const hex = createHmac('sha256', secret).update(`1795000000.${body}`).digest('hex');
  return {
    'x-driftstack-signature': `t=1795000000,v1=${hex}`,
    'webhook-id': 'e1',
    'webhook-timestamp': '1795000000',
    'webhook-signature': new Webhook(secret).sign('e1', new Date(nowMs), body),
  };
}

const reason = (error: unknown) => error;

describe('parseWebhook', () => {
  it('returns the event of a genuine delivery', async () => {
    const event = await parseWebhook({ body: ping, headers: headersFor(ping), secret, nowMs });
    expect(event).toEqual({
      id: 'e1',
      type: 'test.ping',
      created_at: '2026-11-24T10:00:00.000Z',
      data: { webhook_id: 'whk_1' },
    });
  });

  it('takes bytes and Fetch headers', async () => {
    const event = await parseWebhook({
      body: Buffer.from(ping),
      headers: new Headers(headersFor(ping)),
      secret,
      nowMs,
    });
    expect(event.type).toBe('test.ping');
  });

  it('takes the ArrayBuffer of a Fetch request', async () => {
    const request = new Request('https://example.com', { method: 'POST', body: ping, headers: headersFor(ping) });
    const { headers } = request;
    expect(await parseWebhook({ body: await request.arrayBuffer(), headers, secret, nowMs })).toMatchObject({
      id: 'e1',
    });
  });

  it('is content with the contract’s own signature alone', async () => {
    const headers = { 'X-Driftstack-Signature': headersFor(ping)['x-driftstack-signature'] };
    expect(await parseWebhook({ body: ping, headers, secret, nowMs })).toMatchObject({ id: 'e1' });
  });

  it.each([
    ['no signature', {}],
    [
      'a wrong Standard Webhooks signature beside a right one of the other kind',
      { ...headersFor(ping), 'webhook-id': 'e2' },
    ],
    ['a wrong signature', { 'x-driftstack-signature': `t=1795000000,v1=${'0'.repeat(64)}` }],
  ])('throws WebhookSignatureError for %s', async (_, headers) => {
    const error = await parseWebhook({ body: ping, headers, secret, nowMs }).catch(reason);
    expect(error).toBeInstanceOf(WebhookSignatureError);
    expect(error).toBeInstanceOf(QuittanceError);
    expect(error).toMatchObject({ kind: 'webhook_signature', isRetryable: false });
  });

  it('throws WebhookSignatureError for a delivery that is too old', async () => {
    const late = parseWebhook({ body: ping, headers: headersFor(ping), secret, nowMs: nowMs + 301_000 });
    await expect(late).rejects.toBeInstanceOf(WebhookSignatureError);
  });

  it.each([
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['a number', '7'],
    ['an event without data', '{"id":"e1","type":"test.ping","created_at":"x"}'],
    ['a type that is no text', ping.replace('"test.ping"', '7')],
  ])('throws WebhookPayloadError for %s, though signed', async (_, body) => {
    const error = await parseWebhook({ body, headers: headersFor(body), secret, nowMs }).catch(reason);
    expect(error).toBeInstanceOf(WebhookPayloadError);
    expect(error).toMatchObject({ kind: 'webhook_payload' });
  });

  it.each(['crypto.order.teleported', 'toString', 'unknown'])(
    'returns a genuine event of the type %s, which it does not know, as unknown',
    async (type) => {
      const body = ping.replace('test.ping', type);
      expect(await parseWebhook({ body, headers: headersFor(body), secret, nowMs })).toEqual({
        id: 'e1',
        type: 'unknown',
        sent_type: type,
        created_at: '2026-11-24T10:00:00.000Z',
        data: { webhook_id: 'whk_1' },
      });
    },
  );
});
