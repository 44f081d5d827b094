import { createHmac } from 'node:crypto';
import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest';
import { dropOldIpns } from '../../../src/db/money/ipn-keeping.js';
import { moveOrder } from '../../support/an-order.js';
import { countsOf } from '../../support/counters.js';
import { eventually } from '../../support/eventually.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const path = '/v1/webhooks/nowpayments';
const secrets = [
  { secret: 'live secret', mode: 'live' as const },
  { secret: 'old secret', mode: 'live' as const },
  { secret: 'test secret', mode: 'test' as const },
];
const ownSecret = 'own secret';
let api: TestApp;
let key: string;
let ownAccount: string;
let order: { order_id: string; payment_id: string };

beforeAll(async () => {
  api = await testApp({
    ipnSecrets: async (accountId) => {
      if (accountId === null) return secrets;
      return accountId === ownAccount ? [{ secret: ownSecret, mode: 'live' }] : [];
    },
  });
  key = await api.newKey();
  ownAccount = await api.newAccount();
});
afterAll(() => api.close());

beforeEach(async () => {
  const { order_id } = await api.placed(key);
  const { payment_id } = (await api.call(key, 'GET', `/v1/billing/crypto-orders/${order_id}`)).json();
  order = { order_id, payment_id };
  api.runs.handedOver.length = 0;
  api.deps.metrics.ipns.reset();
});

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([name, each]) => [name, sorted(each)]),
  );
};
const sign = (text: string, secret = 'live secret') => createHmac('sha512', secret).update(text).digest('hex');
const orphansOf = async (paymentId: string) =>
  (await api.deps.pool.query('select * from support_cases where payment_id = $1', [paymentId])).rows;
const send = (payload: string, signature?: string, url = path) =>
  api.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', ...(signature ? { 'x-nowpayments-sig': signature } : {}) },
  });
const ipn = (over: object = {}) => ({
  payment_id: Number(order.payment_id),
  payment_status: 'confirming',
  order_id: order.order_id,
  price_amount: 49,
  price_currency: 'usd',
  pay_amount: 49.1,
  pay_currency: 'usdttrc20',
  actually_paid: 49.1,
  ...over,
});
const signedSend = (body: object, secret?: string, url?: string) =>
  send(JSON.stringify(body), sign(JSON.stringify(sorted(body)), secret), url);

const inbox = async () => (await api.deps.pool.query('select * from provider_events')).rows;

describe('an IPN', () => {
  it('signed by the provider: 200 with the status on record, stored, then handed over', async () => {
    const answer = await signedSend(ipn());
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ received: true, order_state: 'pending' });
    const [stored] = (await inbox()).filter((row) => row.order_id === order.order_id);
    expect(stored).toMatchObject({ kind: 'payment', form: 'A', payment_status: 'confirming', actually_paid: '49.1' });
    await eventually(async () => {
      expect(api.runs.handedOver).toEqual([{ orderId: order.order_id, factId: stored.id }]);
      const [after] = (await inbox()).filter((row) => row.id === stored.id);
      expect(after.relayed_at).not.toBeNull();
    });
    expect(await countsOf(api.deps.metrics.ipns)).toEqual({ ok: 1 });
  });

  it('without signature 401, empty 400, forged 401, without status 400, without secret 404 (example 20)', async () => {
    const rows = (await inbox()).length;
    const missing = await send(JSON.stringify(ipn()));
    expect(missing.statusCode).toBe(401);
    expect(missing.headers['www-authenticate']).toBe('Bearer');
    expect((await send('', sign(''))).statusCode).toBe(400);
    expect((await signedSend(ipn(), 'foreign secret')).statusCode).toBe(401);
    expect((await inbox()).length).toBe(rows);
    const statusless = await signedSend(ipn({ payment_status: undefined }));
    expect(statusless.statusCode).toBe(400);
    expect(await countsOf(api.deps.metrics.ipns)).toEqual({
      signature_missing: 1,
      empty_body: 1,
      signature_invalid: 1,
      malformed_event: 1,
    });
    const other = await testApp();
    expect((await other.app.inject({ method: 'POST', url: path, payload: {} })).statusCode).toBe(404);
    await other.close();
  });

  it('signed with the previous secret, in capitals: 200', async () => {
    const text = JSON.stringify(sorted(ipn()));
    expect((await send(text, sign(text, 'old secret').toUpperCase())).statusCode).toBe(200);
  });

  it('with shuffled keys and 100.0 in it: 200, the figure as sent (example 21)', async () => {
    const fields = `"order_id":"${order.order_id}","payment_id":${order.payment_id},"payment_status":"waiting"`;
    const canonical = `{"actually_paid":100.0,"fee":{"a":1e2,"b":[{"c":1,"d":2}]},${fields}}`;
    const shuffled = `{${fields},"fee":{"b":[{"d":2,"c":1}],"a":1e2},"actually_paid":100.0}`;
    const answer = await send(shuffled, sign(canonical));
    expect(answer.statusCode).toBe(200);
    const [stored] = (await inbox()).filter((row) => row.order_id === order.order_id);
    expect(stored).toMatchObject({ form: 'A', actually_paid: '100.0' });
    expect(stored.raw.toString()).toBe(shuffled);
  });

  it('of an unknown order: 200, order_state null, stored (example 22)', async () => {
    const answer = await signedSend(ipn({ order_id: 'ord_000000000000', payment_id: 4242 }));
    expect(answer.json()).toEqual({ received: true, order_state: null });
    expect((await inbox()).filter((row) => row.payment_id === '4242').length).toBe(1);
    expect(api.runs.handedOver).toEqual([]);
  });

  it('of coins for an unknown order opens one case, however often and in however many words it comes', async () => {
    const lost = { order_id: 'ord_000000000001', payment_id: 4243, pay_currency: 'usdttrc20' };
    await signedSend(ipn({ ...lost, payment_status: 'waiting', actually_paid: 0 }));
    expect(await orphansOf('4243')).toEqual([]);
    await signedSend(ipn({ ...lost, payment_status: 'finished', actually_paid: '49.1' }));
    await signedSend(ipn({ ...lost, payment_status: 'finished', actually_paid: '49.1' }));
    await signedSend(ipn({ ...lost, payment_status: 'finished', actually_paid: '60' }));
    const cases = await orphansOf('4243');
    expect(cases).toMatchObject([
      { kind: 'orphan_payment', order_id: null, mode: 'live', actually_paid: '60', pay_currency: 'usdttrc20' },
    ]);
    expect(cases[0].facts).toMatchObject([
      { claimed_order: 'ord_000000000001', claimed_paid: '49.1', provider_status: 'finished' },
      { claimed_paid: '60' },
    ]);
  });

  it('of coins for an unknown order still has its case when the first one ended before it was opened', async () => {
    const lost = ipn({
      order_id: 'ord_000000000001',
      payment_id: 4244,
      payment_status: 'finished',
      actually_paid: '1',
    });
    await signedSend(lost);
    await api.deps.pool.query(`delete from support_cases where payment_id = '4244'`);
    await signedSend(lost);
    await signedSend(lost);
    expect(await orphansOf('4244')).toMatchObject([{ kind: 'orphan_payment', facts: [{ claimed_paid: '1' }] }]);
  });

  it('repeated 50 times at once is one row and 50 times 200', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => signedSend(ipn({ payment_status: 'finished' }))),
    );
    expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([200]));
    expect((await inbox()).filter((row) => row.order_id === order.order_id).length).toBe(1);
    await eventually(async () => {
      const rows = (await inbox()).filter((row) => row.order_id === order.order_id);
      expect(rows.map(({ relayed_at }) => relayed_at)).not.toContain(null);
    });
    expect(api.runs.handedOver).toHaveLength(1);
  });

  it('that can change nothing is stored, handled, and wakes no workflow', async () => {
    await signedSend(ipn({ payment_status: 'waiting', actually_paid: 0 }));
    const [stored] = (await inbox()).filter((row) => row.order_id === order.order_id);
    expect(stored).toMatchObject({ outcome: 'nothing new: waiting' });
    expect(stored.handled_at).not.toBeNull();
    await signedSend(ipn()); // this one is news: when it has been handed over, the first never will be
    await eventually(() => expect(api.runs.handedOver).toHaveLength(1));
    expect(api.runs.handedOver[0]?.factId).not.toBe(stored.id);
  });

  it('tells the status on record at that moment', async () => {
    await moveOrder(api.deps.pool, order.order_id, { to: 'failed', source: 'expired' });
    expect((await signedSend(ipn({ payment_status: 'finished' }))).json().order_state).toBe('failed');
  });

  it('while Temporal is away: 200, and the row waits in the inbox', async () => {
    api.runs.isAway = true;
    const answer = await signedSend(ipn());
    expect(answer.statusCode).toBe(200);
    await eventually(() => expect(api.logged.some((line) => line.includes(order.order_id))).toBe(true));
    api.runs.isAway = false;
    const [stored] = (await inbox()).filter((row) => row.order_id === order.order_id);
    await signedSend(ipn({ payment_status: 'sending' })); // this one is handed over
    await eventually(async () => {
      const marked = (await inbox()).filter((row) => row.order_id === order.order_id && row.relayed_at !== null);
      expect(marked.map(({ payment_status }) => payment_status)).toEqual(['sending']);
    });
    expect((await inbox()).find(({ id }) => id === stored.id).relayed_at).toBeNull();
  });

  it('of a payout: 200, order_state null', async () => {
    const answer = await signedSend({ id: '123', status: 'FINISHED', batch_withdrawal_id: '7' });
    expect(answer.json()).toEqual({ received: true, order_state: null });
    expect(await countsOf(api.deps.metrics.ipns)).toEqual({ other: 1 });
  });

  it.each([
    ['an array', '[]'],
    ['a payment id that is no number', '{"payment_id":"abc","payment_status":"waiting"}'],
    ['a negative amount', '{"actually_paid":-1,"payment_id":1,"payment_status":"waiting"}'],
    ['an unreadable amount', '{"actually_paid":"NaN","payment_id":1,"payment_status":"waiting"}'],
  ])('that is %s: 400, one quarantine row however often', async (_what, text) => {
    const rows = (await inbox()).length;
    expect((await send(text, sign(text))).statusCode).toBe(400);
    expect((await send(text, sign(text))).statusCode).toBe(400);
    expect((await inbox()).length).toBe(rows + 1);
    expect(await countsOf(api.deps.metrics.ipns)).toEqual({ malformed_event: 2 });
  });

  it('with U+0000 in a word: 400', async () => {
    expect((await signedSend(ipn({ payment_status: 'fin\u0000ished' }))).statusCode).toBe(400);
  });

  it('reaches orders of its own mode only', async () => {
    expect((await signedSend(ipn(), 'test secret')).json().order_state).toBeNull();
  });

  it('of more than 64 KB: 413', async () => {
    const padded = (length: number) => JSON.stringify(ipn({ padding: '' })).replace('""', `"${'x'.repeat(length)}"`);
    expect((await send(padded(64 * 1024), sign('x'))).statusCode).toBe(413);
    const largest = ipn({ padding: 'x'.repeat(60 * 1024) });
    expect((await signedSend(largest)).statusCode).toBe(200);
  });

  it('by another method: 405 with Allow', async () => {
    const answer = await api.app.inject({ url: path });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe('POST');
  });

  it('needs no key, and a key does not help', async () => {
    const headers = { authorization: `Bearer ${key}` };
    expect((await api.app.inject({ method: 'POST', url: path, payload: {}, headers })).statusCode).toBe(401);
  });
});

describe('an address that sent 60 wrong signatures within a minute', () => {
  it('is read no further than usual notifications are long; an authentic one of those still counts', async () => {
    const busy = await testApp({ ipnSecrets: async () => secrets });
    const post = (payload: string, signature: string, remoteAddress = '203.0.113.9') =>
      busy.app.inject({
        method: 'POST',
        url: path,
        payload,
        remoteAddress,
        headers: { 'content-type': 'application/json', 'x-nowpayments-sig': signature },
      });
    const forged = (from?: string) => post('{"payment_id":1,"payment_status":"waiting"}', sign('forged'), from);
    for (let n = 0; n < 60; n += 1) expect((await forged()).statusCode).toBe(401);
    const refused = await forged();
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);

    const genuine = '{"payment_id":1,"payment_status":"waiting"}';
    expect((await post(genuine, sign(genuine))).statusCode).toBe(200);
    const long = `{"padding":"${'x'.repeat(5_000)}","payment_id":1,"payment_status":"confirming"}`;
    expect((await post(long, sign(long))).statusCode).toBe(429); // unread: whoever signed it
    expect((await post(long, sign(long), '198.51.100.7')).statusCode).toBe(200);
    expect(await countsOf(busy.deps.metrics.ipns)).toEqual({ signature_invalid: 60, too_many_invalid: 2, ok: 2 });
    await busy.close();
  });
});

describe('an IPN of an account with its own pair', () => {
  const own = () => `${path}/acc_${ownAccount}`;

  it('reaches the orders of that account', async () => {
    const as = await api.newKey({ accountId: ownAccount });
    const { order_id } = await api.placed(as);
    const { payment_id } = (await api.call(as, 'GET', `/v1/billing/crypto-orders/${order_id}`)).json();
    const answer = await signedSend(ipn({ order_id, payment_id: Number(payment_id) }), ownSecret, own());
    expect(answer.json()).toEqual({ received: true, order_state: 'pending' });
  });

  it('does not reach the orders of others', async () => {
    expect((await signedSend(ipn(), ownSecret, own())).json()).toEqual({ received: true, order_state: null });
    expect((await signedSend(ipn())).json().order_state).toBe('pending'); // and did not use up its fingerprint
  });

  it('signed by the installation: 401; of an unknown account: 404', async () => {
    expect((await signedSend(ipn(), 'live secret', own())).statusCode).toBe(401);
    expect((await signedSend(ipn(), ownSecret, `${path}/acc_${api.accountId}`)).statusCode).toBe(404);
    expect((await signedSend(ipn(), ownSecret, `${path}/nobody`)).statusCode).toBe(404);
  });
});

describe("an account's own pair", () => {
  const own = (text: string) => send(text, sign(text, ownSecret), `${path}/acc_${ownAccount}`);
  const stored = async () => {
    const { rows } = await api.deps.pool.query('select count(*)::int as count from provider_events');
    return rows[0].count;
  };

  it('fills its quota of an hour and no more: what it signs beyond is not stored, and the others are heard', async () => {
    await api.deps.pool.query('delete from provider_events');
    await api.deps.pool.query(
      `insert into provider_events (id, fingerprint, account_id, kind, form, raw, headers)
       select gen_random_uuid(), 'quota:' || n, $1, 'other', 'A', '{}', '{}' from generate_series(1, 9999) n`,
      [ownAccount],
    );
    const strange = (n: number) => JSON.stringify({ id: n, kind: 'payout' });
    expect((await own(strange(1))).statusCode).toBe(400); // kept, for whoever looks
    const before = await stored();
    const refused = await own(strange(2));
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await stored()).toBe(before);
    const text = JSON.stringify(sorted(ipn({ payment_status: 'sending' })));
    expect((await send(text, sign(text))).statusCode).toBe(200); // of the installation's pair
    await api.deps.pool.query(`update provider_events set received_at = now() - interval '61 minutes'`);
    expect((await own(strange(2))).statusCode).toBe(400);
  });

  it('fills its bytes of an hour and no more', async () => {
    await api.deps.pool.query(
      `insert into provider_events (id, fingerprint, account_id, kind, form, raw, headers)
       select gen_random_uuid(), 'bytes:' || n, $1, 'other', 'A', convert_to(repeat('x', 64000), 'UTF8'), '{}'
       from generate_series(1, 530) n`,
      [ownAccount],
    );
    expect((await own(JSON.stringify({ id: 3, kind: 'payout' }))).statusCode).toBe(429);
  });
});

describe('what is kept', () => {
  it('ends after a month without a payment, after thirteen with one that was dealt with; what waits stays', async () => {
    const { pool } = api.deps;
    await pool.query('delete from provider_events');
    await pool.query(
      `insert into provider_events (id, fingerprint, kind, form, order_id, raw, headers, received_at, handled_at)
       select gen_random_uuid(), name, kind, 'A', order_id, '{}', '{}', now() - age, handled
       from (values ('strange, young', 'other', null, interval '29 days', null::timestamptz),
         ('strange, old', 'malformed', null, interval '32 days', null),
         ('handled, young', 'payment', 'ord_1', interval '12 months', now()),
         ('handled, old', 'payment', 'ord_1', interval '14 months', now()),
         ('waiting, old', 'payment', 'ord_1', interval '14 months', null)) as v (name, kind, order_id, age, handled)`,
    );
    expect(await dropOldIpns(pool, 100)).toBe(2);
    const { rows } = await pool.query<{ name: string }>('select fingerprint as name from provider_events');
    expect(rows.map(({ name }) => name).sort()).toEqual(['handled, young', 'strange, young', 'waiting, old']);
  });
});
