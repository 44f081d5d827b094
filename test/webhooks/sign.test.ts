import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { newWebhookSecret, secretPrefix, signatureHeaders } from '../../src/webhooks/sign.js';

// Computed with Python's hmac, not with this code.
const body =
  '{"id":"evt_1","type":"crypto.order.paid","created_at":"2026-11-24T10:00:00.000Z","data":{"note":"née ☕"}}';
const current = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const previous = 'whsec_//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=';
const event = { eventId: 'evt_1', eventType: 'crypto.order.paid', body, nowMs: 1_795_687_200_999 };

describe('the headers of a delivery', () => {
  it('carry both signature forms over the same bytes', () => {
    expect(signatureHeaders({ ...event, secrets: [current] })).toEqual({
      'content-type': 'application/json',
      'user-agent': 'driftstack-webhooks/1.0',
      'x-driftstack-event-id': 'evt_1',
      'x-driftstack-event-type': 'crypto.order.paid',
      'x-driftstack-signature': 't=1795687200,v1=7b92e118e9714e90dc0db544e0211c2ce43f8be8ac9242b6016ed00f6e691b39',
      'webhook-id': 'evt_1',
      'webhook-timestamp': '1795687200',
      'webhook-signature': 'v1,Ncv2Iy1PUyMr8FnVXkjPAdpJEgoAG3TSm674wZ4yE2g=',
    });
  });

  it('carry one signature per secret while a secret is being rotated', () => {
    expect(signatureHeaders({ ...event, secrets: [current, previous] })).toMatchObject({
      'x-driftstack-signature':
        't=1795687200,v1=7b92e118e9714e90dc0db544e0211c2ce43f8be8ac9242b6016ed00f6e691b39' +
        ',v1=fca7941286110039482362ea5974e05cf6f0fbf798d75ab5abfbf52549ddb13a',
      'webhook-signature':
        'v1,Ncv2Iy1PUyMr8FnVXkjPAdpJEgoAG3TSm674wZ4yE2g= v1,J7BdRXQuQA2NqfEBQbs61iKaCs8PxHT8NGJPSHFk8P0=',
    });
  });

  it.each([current, previous])('satisfy the standardwebhooks package with either secret: %s', (secret) => {
    const headers = signatureHeaders({ ...event, secrets: [current, previous], nowMs: Date.now() });
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({ id: 'evt_1' });
  });

  it('do not satisfy it for another body, id, time or secret', () => {
    const headers = signatureHeaders({ ...event, secrets: [current], nowMs: Date.now() });
    const verifier = new Webhook(current);
    expect(() => verifier.verify(body.replace('paid', 'late'), headers)).toThrow('No matching signature');
    expect(() => verifier.verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow('No matching signature');
    expect(() => verifier.verify(body, { ...headers, 'webhook-timestamp': event.nowMs.toString() })).toThrow();
    expect(() => new Webhook(previous).verify(body, headers)).toThrow('No matching signature');
  });

  it('are refused without a secret: nothing is sent unsigned', () => {
    expect(() => signatureHeaders({ ...event, secrets: [] })).toThrow('a delivery is signed');
    expect(() => signatureHeaders({ ...event, secrets: [''] })).toThrow('starts with whsec_');
  });
});

describe('a webhook secret', () => {
  it('is whsec_ and 32 random bytes in base64', () => {
    const secrets = Array.from({ length: 100 }, newWebhookSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });

  it('is recognised by its first twelve characters', () => {
    expect(secretPrefix(current)).toBe('whsec_AAECAw');
  });
});
