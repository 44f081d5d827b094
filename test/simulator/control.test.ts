import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe('the ledger', () => {
  it('pages by sequence, also by kind, and an empty page means nothing newer', async () => {
    await stage.mint({ order_id: 'ord_ledger' });
    await stage.control('POST', '/pay', { order_id: 'ord_ledger', ipn: 'drop' });
    await stage.control('POST', '/clock', { advance: '1 second' });
    const seqs: number[] = [];
    let next = 0;
    for (;;) {
      const page = (await stage.control('GET', `/ledger?after=${next}&limit=3`)).json;
      if (page.entries.length === 0) break;
      expect(page.entries.length).toBeLessThanOrEqual(3);
      seqs.push(...page.entries.map((it) => it.seq));
      next = page.next;
    }
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    const statuses = (await stage.control('GET', '/ledger?kind=status&limit=2')).json;
    expect(statuses.entries.map((it) => it.to)).toEqual(['confirming', 'confirmed']);
    const rest = (await stage.control('GET', `/ledger?kind=status&after=${statuses.next}`)).json;
    expect(rest.entries.map((it) => it.to)).toEqual(['sending', 'finished']);
    expect((await stage.control('GET', '/ledger?last=1&kind=status')).json.entries).toMatchObject([{ to: 'finished' }]);
  });

  it.each(['limit=0', 'limit=1001', 'after=-1', 'kind=nosuch', 'colour=red'])('refuses %s', async (query) => {
    expect((await stage.control('GET', `/ledger?${query}`)).status).toBe(400);
  });
});

describe('paying', () => {
  it('answers which payment the coins reached', async () => {
    const made = await stage.mint({ order_id: 'ord_pay' });
    const first = (await stage.control('POST', '/pay', { payment_id: made.payment_id, amount: '10' })).json;
    expect(first).toMatchObject({ payment_id: made.payment_id, child_payment_id: null });
    const second = (await stage.control('POST', '/pay', { order_id: 'ord_pay', amount: '10' })).json;
    expect(second).toMatchObject({ payment_id: made.payment_id, child_payment_id: expect.stringMatching(/^\d{10}$/) });
    const third = (await stage.control('POST', '/pay', { payment_id: second.child_payment_id, amount: '10' })).json;
    expect(third.payment_id).toBe(made.payment_id);
  });

  it.each([
    [{}, 400],
    [{ payment_id: '1' }, 404],
    [{ order_id: 'nobody' }, 404],
    [{ order_id: 'ord_pay', fraction: '1', amount: '1' }, 400],
    [{ order_id: 'ord_pay', amount: '-1' }, 400],
    [{ order_id: 'ord_pay', amount: 'lots' }, 400],
    [{ order_id: 'ord_pay', coin: 'nosuch' }, 400],
    [{ order_id: 'ord_pay', step: 'soon' }, 400],
    [{ order_id: 'ord_pay', ipn: { forge: 'nosuch' } }, 400],
    [{ order_id: 'ord_pay', colour: 'red' }, 400],
  ])('refuses %j with %i', async (body, status) => {
    expect((await stage.control('POST', '/pay', body)).status).toBe(status);
  });

  it('knows no scenario it does not know', async () => {
    expect((await stage.control('POST', '/scenarios/nosuch', { order_id: 'ord_pay' })).status).toBe(404);
  });
});

describe('settings', () => {
  it('change one by one, and a wrong one changes nothing', async () => {
    const changed = await stage.control('PUT', '/settings', { step: '2 seconds', ipn: { interval: '5 minutes' } });
    expect(changed.json).toMatchObject({ step: 2_000, ipn: { interval: 300_000, retries: 3 }, number_text: 'plain' });
    for (const wrong of [{ step: 'soon' }, { id_digits: 11 }, { colour: 'red' }, { ipn: { colour: 'red' } }]) {
      expect((await stage.control('PUT', '/settings', { cover_percent: 9, ...wrong })).status).toBe(400);
    }
    expect((await stage.control('GET', '/settings')).json).toMatchObject({ step: 2_000, cover_percent: 0 });
  });
});

it('a reset forgets everything and the same seed makes the same ids', async () => {
  await stage.control('POST', '/reset', { seed: 42 });
  const first = await stage.mint();
  await stage.control('POST', '/reset', { seed: 42 });
  expect((await stage.control('GET', '/payments')).json).toEqual({ payments: [], total: 0 });
  expect(await stage.ledger()).toEqual([]);
  const again = await stage.mint();
  expect([again.payment_id, again.pay_address]).toEqual([first.payment_id, first.pay_address]);
  await stage.control('POST', '/reset', { seed: 43 });
  expect((await stage.mint()).payment_id).not.toBe(first.payment_id);
});

describe('strangers', () => {
  it('a foreign Host header gets 403', async () => {
    for (const path of ['/', '/_sim/payments', '/v1/status']) {
      const { statusCode, body } = await request(stage.url + path, { headers: { host: 'evil.example' } });
      await body.dump();
      expect(statusCode).toBe(403);
    }
  });

  it('a control call without a JSON content type gets 415', async () => {
    const answer = await fetch(`${stage.url}/_sim/reset`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(415);
  });

  it('no answer allows another origin', async () => {
    const answer = await fetch(`${stage.url}/_sim/payments`, { headers: { origin: 'https://evil.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

it('the page is headed "No real coins" and may run only its own scripts', async () => {
  const page = await stage.call('GET', '/');
  expect(page.text).toContain('<h1>No real coins</h1>');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  for (const [, path] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
    expect((await stage.call('GET', path!)).status).toBe(200);
  }
});
