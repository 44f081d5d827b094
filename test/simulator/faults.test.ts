import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const body = { price_amount: 49, price_currency: 'usd', pay_currency: 'xrp', order_id: 'ord_1' };
const create = () => stage.provider('POST', '/payment', { body: { ...body, ipn_callback_url: stage.ipnUrl } });
const add = async (rule: Record<string, unknown>): Promise<string> =>
  (await stage.control('POST', '/faults', { endpoint: 'POST /payment', ...rule })).json.fault_id;
const rules = async () => (await stage.control('GET', '/faults')).json.faults;

async function mintAnswers(): Promise<unknown[][]> {
  return (await stage.ledger('mint')).map((it) => [it.answer, it.fault_id]);
}

/** The answer, or the kind of silence, within a second. */
async function outcomeOfCreate(): Promise<string> {
  try {
    const response = await fetch(`${stage.url}/v1/payment`, {
      method: 'POST',
      headers: { 'x-api-key': 'stage-key', 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(1_000),
    });
    try {
      const text = await response.text();
      return `${response.status} ${response.headers.get('content-type') ?? '-'} ${text.slice(0, 40)} ${text.length}`;
    } catch {
      return `${response.status} then silence`;
    }
  } catch (failure) {
    return (failure as Error).name === 'TimeoutError' ? 'silence' : 'reset';
  }
}

describe.each(['before', 'after'])('with effect %s', (effect) => {
  it.each([
    ['timeout', {}, /^silence$/, null],
    ['reset', {}, /^reset$/, null],
    ['hang', {}, /^200 then silence$/, 200],
    ['http_429', { retry_after: 7 }, /^429 application\/json/, 429],
    ['http_500', {}, /^500 application\/json/, 500],
    ['html_502', {}, /^502 text\/html.*<!DOCTYPE html>/, 502],
    ['html_403', {}, /^403 text\/html.*<!DOCTYPE html>/, 403],
    ['oversized', { bytes: 300_000 }, /^20[01] application\/json.* 30\d{4}$/, effect === 'after' ? 201 : 200],
    ['redirect', {}, /^302 /, 302],
    ['not_found', {}, /^404 application\/json/, 404],
  ])('%s spoils one create and is counted', async (fault, more, expected, status) => {
    const faultId = await add({ fault, effect, times: 1, ...more });
    expect(await outcomeOfCreate()).toMatch(expected);
    expect(await mintAnswers()).toEqual(effect === 'after' ? [['lost', faultId]] : []);
    expect(await rules()).toMatchObject([{ fault_id: faultId, seen: 1, hits: 1 }]);
    expect(await stage.ledger('call')).toMatchObject([
      { method: 'POST', path: '/v1/payment', fault_id: faultId, http_status: status, effect },
    ]);
    expect((await create()).status).toBe(201);
    expect(await rules()).toMatchObject([{ seen: 2, hits: 1 }]);
  });

  it('truncated_json cuts the answer in the middle', async () => {
    await add({ fault: 'truncated_json', effect, times: 1 });
    const answer = await create();
    expect(answer.text.startsWith('{')).toBe(true);
    expect(answer.json).toBeNull();
    expect(await stage.ledger('mint')).toHaveLength(effect === 'after' ? 1 : 0);
  });

  it('latency waits and then answers as always', async () => {
    await add({ fault: 'latency', effect, ms: 120, times: 1 });
    const startedMs = performance.now();
    expect((await create()).status).toBe(201);
    expect(performance.now() - startedMs).toBeGreaterThan(100);
    expect(await mintAnswers()).toEqual([['sent', 'fault_1']]);
  });
});

describe('an altered answer', () => {
  it.each([
    ['wrong_order_id', { order_id: 'ord_of_somebody_else' }],
    ['wrong_coin', { pay_currency: 'trx' }],
    ['wrong_amount', { price_amount: 24.5, pay_amount: 49 }],
    ['finished_at_once', { payment_status: 'finished' }],
    ['no_memo', { payin_extra_id: null }],
  ])('%s is in the answer only; the payment is as it was ordered', async (fault, altered) => {
    await add({ fault, times: 1 });
    const { json } = await create();
    expect(json).toMatchObject(altered);
    expect(await mintAnswers()).toEqual([['altered', 'fault_1']]);
    const read = (await stage.provider('GET', `/payment/${json.payment_id}`)).json;
    expect(read).toMatchObject({ ...body, pay_amount: 98, payment_status: 'waiting' });
    expect(read.payin_extra_id).toEqual(expect.any(String));
  });

  it('can be a read or a list as well', async () => {
    const made = await stage.mint();
    await add({ endpoint: 'GET /payment/:id', fault: 'wrong_amount' });
    await add({ endpoint: 'GET /payment/', fault: 'wrong_coin' });
    expect((await stage.provider('GET', `/payment/${made.payment_id}`)).json).toMatchObject({ price_amount: 24.5 });
    const list = await stage.provider('GET', '/payment/', { token: await stage.logIn() });
    expect(list.json.data).toMatchObject([{ pay_currency: 'trx', price_amount: 49 }]);
  });
});

it('ipn_first sends the IPN before the create is answered', async () => {
  await add({ fault: 'ipn_first', times: 1 });
  const { json } = await create();
  expect(stage.received).toHaveLength(1);
  expect(stage.received[0]!.body).toContain(`"payment_id":${json.payment_id},`);
  const kinds = (await stage.ledger()).map((it) => it.kind);
  expect(kinds).toEqual(['mint', 'ipn', 'ipn_attempt', 'call']);
});

it('429 carries Retry-After as it was wished', async () => {
  await add({ fault: 'http_429', retry_after: 'Wed, 25 Nov 2026 00:00:00 GMT' });
  expect((await create()).headers.get('retry-after')).toBe('Wed, 25 Nov 2026 00:00:00 GMT');
});

it('match keeps a rule to one order, on create and on read', async () => {
  await add({ fault: 'http_500', match: { order_id: 'ord_2' } });
  await add({ endpoint: 'GET /payment/:id', fault: 'html_502', match: { order_id: 'ord_1' } });
  const made = await create();
  expect(made.status).toBe(201);
  expect((await stage.provider('GET', `/payment/${made.json.payment_id}`)).status).toBe(502);
  expect((await rules()).map((it) => it.hits)).toEqual([0, 1]);
});

it('chance is fixed by the seed, and one rule never shifts the luck of another', async () => {
  const statuses = async () => {
    const drawn: number[] = [];
    for (let i = 0; i < 12; i += 1) drawn.push((await create()).status);
    return drawn;
  };
  await add({ fault: 'http_500', p: 0.5 });
  const alone = await statuses();
  await stage.control('POST', '/reset', { seed: 1 });
  await add({ fault: 'http_500', p: 0.5 });
  await add({ endpoint: '*', fault: 'latency', p: 0.5 });
  expect(await statuses()).toEqual(alone);
  expect(new Set(alone)).toEqual(new Set([201, 500]));
});

it('a removed rule no longer fires, and an unknown endpoint is refused', async () => {
  const faultId = await add({ fault: 'http_500' });
  await add({ fault: 'html_502' });
  expect((await create()).status).toBe(500);
  await stage.control('DELETE', `/faults/${faultId}`);
  expect((await create()).status).toBe(502);
  await stage.control('DELETE', '/faults');
  expect((await create()).status).toBe(201);
  expect((await stage.control('DELETE', '/faults/fault_99')).status).toBe(404);
  const typo = await stage.control('POST', '/faults', { endpoint: 'POST /payments', fault: 'reset' });
  expect(typo.status).toBe(400);
});

it('closing waits neither for answers that never come nor for IPNs under way', async () => {
  const closing = await openStage();
  await closing.control('POST', '/faults', { endpoint: 'GET /status', fault: 'timeout' });
  await closing.control('POST', '/faults', { endpoint: 'GET /currencies', fault: 'latency', ms: 60_000 });
  const unanswered = ['/status', '/currencies'].map((path) => closing.provider('GET', path));
  const failures = Promise.allSettled(unanswered);
  await closing.mint();
  await closing.control('POST', '/pay', { order_id: 'ord_1', ipn: { duplicate: 50 } });
  const startedMs = performance.now();
  await closing.close();
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  expect((await failures).map((it) => it.status)).toEqual(['rejected', 'rejected']);
});

it('the rate limit answers 429 and creates nothing', async () => {
  await stage.control('PUT', '/settings', { rate_limit_per_s: 2 });
  expect((await create()).status).toBe(201);
  expect((await create()).status).toBe(201);
  expect((await create()).status).toBe(429);
  expect(await stage.ledger('mint')).toHaveLength(2);
  await eventually(async () => expect((await create()).status).toBe(201));
});
