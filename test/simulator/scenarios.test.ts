import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ lateAfterMs: 61 * 60_000 });
});
afterEach(() => stage.close());

const path = ['waiting', 'confirming', 'confirmed', 'sending'];

async function play(name: string, wishes: Record<string, unknown> = {}) {
  const answer = await stage.control('POST', `/scenarios/${name}`, { order_id: 'ord_1', ...wishes });
  expect(answer.status).toBe(200);
  await stage.control('POST', '/clock', { advance: '1 minute' });
  return answer.json;
}

/** The statuses of each payment, in order, from the ledger alone. */
async function walks(): Promise<Record<string, string[]>> {
  const walked: Record<string, string[]> = {};
  for (const { payment_id: id, from, to } of await stage.ledger('status'))
    (walked[id] ??= [String(from)]).push(String(to));
  return walked;
}

const coinsIn = async () => (await stage.ledger('movement')).map((it) => [it.direction, it.coin, it.amount]);

describe('one transfer', () => {
  it.each([
    ['paid', [...path, 'finished'], '49.024513', 4],
    ['partial', [...path, 'partially_paid'], '24.512257', 4],
    ['overpaid', [...path, 'finished'], '73.53677', 4],
    ['forced_finished', [...path, 'finished'], '44.122062', 4],
    ['failed', ['waiting', 'confirming', 'failed'], '2.501251', 2],
    ['silent', [...path, 'finished'], '49.024513', 0],
    ['out_of_order', [...path, 'finished'], '49.024513', 4],
  ])('%s walks %j with %s coins and %i IPNs', async (name, statuses, amount, ipns) => {
    const made = await stage.mint();
    const played = await play(name);
    expect(played).toMatchObject({ scenario: name, payment_id: made.payment_id, child_payment_id: null });
    expect(await walks()).toEqual({ [made.payment_id]: statuses });
    expect(await coinsIn()).toEqual([['in', 'usdttrc20', amount]]);
    await eventually(() => expect(stage.received).toHaveLength(ipns));
    const read = await stage.provider('GET', `/payment/${made.payment_id}`);
    expect(read.text).toContain(`"payment_status":"${statuses.at(-1)}"`);
    expect(read.text).toContain(`"actually_paid":${amount},`);
    expect((await stage.ledger('movement'))[0]).toMatchObject({ movement_id: played.movement_id, scenario: name });
  });

  it('out_of_order sends finished first, then the earlier ones', async () => {
    await stage.mint();
    await play('out_of_order');
    await eventually(() => expect(stage.received).toHaveLength(4));
    const statuses = stage.received.map((it) => JSON.parse(it.body).payment_status);
    expect(statuses).toEqual(['finished', 'confirming', 'confirmed', 'sending']);
  });

  it('ipn_storm sends every IPN fifty times', async () => {
    await stage.mint();
    await play('ipn_storm');
    await eventually(() => expect(stage.received).toHaveLength(200));
    expect(new Set(stage.received.map((it) => it.body)).size).toBe(4);
  });

  it('confirm_slowly stays in confirming for two hours', async () => {
    const made = await stage.mint();
    await play('confirm_slowly');
    expect((await walks())[made.payment_id]).toEqual(['waiting', 'confirming']);
    await stage.control('POST', '/clock', { advance: '118 minutes' });
    expect((await walks())[made.payment_id]).toEqual(['waiting', 'confirming']);
    await stage.control('POST', '/clock', { advance: '2 minutes' });
    expect((await walks())[made.payment_id]).toEqual([...path, 'finished']);
  });

  it('late brings the coins after the pay window, or after a wish', async () => {
    await stage.mint();
    expect(await play('late')).toMatchObject({ movement_id: null, due_at: expect.any(String) });
    await stage.control('POST', '/clock', { advance: '59 minutes' });
    expect(await coinsIn()).toEqual([]);
    const waiting = (await stage.control('GET', '/payments?order_id=ord_1')).json.payments[0];
    expect(waiting?.coins_due_at).toEqual(expect.any(String));
    await stage.control('POST', '/clock', { advance: '2 minutes' });
    expect(await coinsIn()).toEqual([['in', 'usdttrc20', '49.024513']]);

    await stage.mint({ order_id: 'ord_2' });
    await stage.control('POST', '/scenarios/late', { order_id: 'ord_2', after: 0 });
    await eventually(async () => expect(await coinsIn()).toHaveLength(2));
  });

  it('refunded_after_paid sends the coins back', async () => {
    const made = await stage.mint();
    await play('refunded_after_paid');
    expect((await walks())[made.payment_id]).toEqual([...path, 'finished', 'refunded']);
    expect(await coinsIn()).toEqual([
      ['in', 'usdttrc20', '49.024513'],
      ['refund', 'usdttrc20', '49.024513'],
    ]);
  });
});

describe('two transfers', () => {
  it('partial_then_topup makes a child of the other half', async () => {
    const made = await stage.mint();
    await play('partial_then_topup');
    const walked = await walks();
    const [child] = Object.keys(walked).filter((id) => id !== made.payment_id);
    expect(walked).toEqual({ [made.payment_id]: [...path, 'partially_paid'], [child!]: [...path, 'finished'] });
    const read = (await stage.provider('GET', `/payment/${child}`)).json;
    expect(read.parent_payment_id).toBe(Number(made.payment_id));
    expect(read).toMatchObject({ order_id: 'ord_1', pay_address: made.pay_address, actually_paid: 24.512257 });
    const parent = (await stage.provider('GET', `/payment/${made.payment_id}`)).json;
    expect(parent).toMatchObject({ payment_status: 'partially_paid', payment_extra_ids: [Number(child)] });
    const mints = await stage.ledger('mint');
    expect(mints.map((it) => it.parent_payment_id)).toEqual([null, made.payment_id]);
  });

  it('topup sends exactly what is missing', async () => {
    await stage.mint();
    await stage.control('POST', '/pay', { order_id: 'ord_1', amount: '40' });
    await play('topup');
    expect(await coinsIn()).toEqual([
      ['in', 'usdttrc20', '40'],
      ['in', 'usdttrc20', '9.024513'],
    ]);
  });

  it('redeposit pays the whole price twice, and the account decides the status of the second', async () => {
    await stage.control('PUT', '/settings', { redeposit_status: 'partially_paid' });
    const made = await stage.mint();
    await play('redeposit');
    const walked = await walks();
    expect(walked[made.payment_id]?.at(-1)).toBe('finished');
    expect(Object.values(walked).map((it) => it.at(-1))).toEqual(['finished', 'partially_paid']);
  });

  it('a child cannot be read when the setting says 404', async () => {
    await stage.control('PUT', '/settings', { child_read: '404' });
    const made = await stage.mint();
    await play('redeposit');
    const { payment_extra_ids: children } = (await stage.provider('GET', `/payment/${made.payment_id}`)).json;
    expect((await stage.provider('GET', `/payment/${children[0]}`)).status).toBe(404);
    expect((await stage.provider('GET', `/payment/${made.payment_id}`)).status).toBe(200);
  });
});

describe('the wrong coin', () => {
  it('comes as a finished child by default, worth the price', async () => {
    const made = await stage.mint();
    const played = await play('wrong_asset');
    const child = (await stage.provider('GET', `/payment/${played.child_payment_id}`)).json;
    expect(child).toMatchObject({ payment_status: 'finished', pay_currency: 'trx' });
    expect(await coinsIn()).toEqual([['in', 'trx', '196.000003']]);
    expect((await stage.provider('GET', `/payment/${made.payment_id}`)).json).toMatchObject({
      payment_status: 'waiting',
      actually_paid: 0,
    });
  });

  it('comes under the same id, as partially paid, or silently held, when the settings say so', async () => {
    await stage.control('PUT', '/settings', { wrong_asset_shape: 'same_id', wrong_asset: 'partially_paid' });
    const made = await stage.mint();
    expect(await play('wrong_asset')).toMatchObject({ child_payment_id: null });
    expect((await stage.provider('GET', `/payment/${made.payment_id}`)).json).toMatchObject({
      payment_status: 'partially_paid',
      pay_currency: 'trx',
    });
    await stage.control('PUT', '/settings', { wrong_asset_shape: 'child', wrong_asset: 'manual' });
    await stage.mint({ order_id: 'ord_held' });
    const held = await play('wrong_asset', { order_id: 'ord_held' });
    expect((await stage.provider('GET', `/payment/${held.child_payment_id}`)).json).toMatchObject({
      payment_status: 'waiting',
      actually_paid: 196.000003,
    });
  });
});

describe('without coins', () => {
  it('nothing in seven days ends as expired', async () => {
    const made = await stage.mint();
    await stage.control('POST', '/clock', { advance: '7 days' });
    expect((await walks())[made.payment_id]).toEqual(['waiting', 'expired']);
    await eventually(() => expect(stage.received).toHaveLength(1));
  });

  it('refund, fail and send_again are buttons of the provider', async () => {
    await stage.mint();
    await play('paid');
    await play('refund');
    await play('send_again');
    const statuses = stage.received.map((it) => JSON.parse(it.body).payment_status);
    expect(statuses.slice(-2)).toEqual(['refunded', 'refunded']);
    expect(stage.received.at(-1)?.body).toBe(stage.received.at(-2)?.body);
    const other = await stage.mint({ order_id: 'ord_2' });
    await play('fail', { order_id: 'ord_2' });
    expect((await walks())[other.payment_id]).toEqual(['waiting', 'failed']);
  });

  it.each([
    ['success', 'finished'],
    ['failed', 'failed'],
    ['partially_paid', 'partially_paid'],
  ])('case %s on create ends as %s after one step', async (word, status) => {
    const made = await stage.mint({ case: word });
    await stage.control('POST', '/clock', { advance: '1 minute' });
    expect((await walks())[made.payment_id]?.at(-1)).toBe(status);
  });
});

it('cover_percent lets a small shortfall count as finished', async () => {
  await stage.control('PUT', '/settings', { cover_percent: 2 });
  const made = await stage.mint();
  await stage.control('POST', '/pay', { order_id: 'ord_1', fraction: '0.98' });
  await stage.control('POST', '/clock', { advance: '1 minute' });
  expect((await walks())[made.payment_id]?.at(-1)).toBe('finished');
});

it('a transfer may walk any statuses a test can think of', async () => {
  const made = await stage.mint();
  await stage.control('POST', '/pay', { payment_id: made.payment_id, then: ['sending', 'Finished', 'on_hold'] });
  await stage.control('POST', '/clock', { advance: '1 minute' });
  expect((await walks())[made.payment_id]).toEqual(['waiting', 'sending', 'Finished', 'on_hold']);
});
