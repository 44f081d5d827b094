import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PaymentId } from '../../src/domain/ids.js';
import { zeroCoins } from '../../src/domain/money.js';
import type { MintOutcome } from '../../src/gateway/minting.js';
import { expectInvariants } from '../support/invariants.js';
import { openByHand, placedOrder } from '../support/opening.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ withoutWorker: true });
}, 120_000);
afterEach(() => stack.sim('/faults', undefined, 'DELETE'));
afterAll(() => stack?.close());

async function mintsOf(orderId: string): Promise<number> {
  const { payments } = await stack.sim<{ payments: unknown[] }>(`/payments?order_id=${orderId}`);
  return payments.length;
}

async function triesOf(orderId: string): Promise<string[]> {
  const { rows } = await stack.pool.query<{ outcome: string }>(
    'select outcome from mint_intents where order_id = $1 order by attempt',
    [orderId],
  );
  return rows.map(({ outcome }) => outcome);
}

/** What a merchant and support are told of an order that has no address. */
async function told(orderId: string) {
  const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${orderId}`);
  const { rows } = await stack.pool.query(
    `select kind, facts->0->>'reason' as reason, facts->0->>'message' as message from support_cases where order_id = $1`,
    [orderId],
  );
  return { status: body.status, next: body.next_action, address: body.payment_address, cases: rows };
}

describe('a create that never succeeds', () => {
  it('is tried five times, then support has a case with what was answered, and the merchant is sent there', async () => {
    await stack.sim('/faults', { endpoint: 'POST /payment', fault: 'http_500', effect: 'before' });
    const { id } = await placedOrder(stack);
    const opening = await openByHand(stack, id);
    expect(opening.order.provider).toBe('stub');
    expect(await triesOf(id)).toEqual(['absent', 'absent', 'absent', 'absent', 'absent']);
    expect(opening.alarms).toEqual(['mint_given_up']);
    expect(await told(id)).toEqual({
      status: 'pending',
      next: 'contact_support',
      address: null,
      cases: [{ kind: 'mint_failed', reason: 'mint_failed', message: expect.stringMatching(/^5 creates .* 500 /) }],
    });
    expect((await openByHand(stack, id)).attempts, 'opened again, it stays so').toBe(0);
    expect(await triesOf(id)).toHaveLength(5);
  });

  it('ends the same without a login for the list', async () => {
    await stack.sim('/faults', { endpoint: 'POST /payment', fault: 'http_500', effect: 'before' });
    const { id } = await placedOrder(stack);
    expect((await openByHand(stack, id, { withoutLogin: true })).alarms).toEqual(['mint_given_up']);
    expect(await triesOf(id)).toEqual(['unseen', 'unseen', 'unseen', 'unseen', 'unseen']);
  });

  it('makes five payments at most that nobody can be shown, where no login is set to find them with', async () => {
    await stack.sim('/faults', { endpoint: 'POST /payment', fault: 'wrong_amount' });
    const { id } = await placedOrder(stack);
    const { alarms } = await openByHand(stack, id, { withoutLogin: true });
    expect(await mintsOf(id)).toBe(5);
    expect(alarms.filter((name) => name === 'mint_given_up')).toHaveLength(1);
    expect(alarms.filter((name) => name === 'mint_unusable')).toHaveLength(5);
    expect(await told(id)).toMatchObject({ next: 'contact_support', address: null, cases: [{ kind: 'mint_failed' }] });
  });

  it('ends when each answer has the address of another open order', async () => {
    const first = await placedOrder(stack);
    const { order } = await openByHand(stack, first.id);
    const { id } = await placedOrder(stack);
    let made = 0;
    const mint = async (): Promise<MintOutcome> => {
      made += 1;
      const paymentId = `70000000${made}` as PaymentId;
      const target = { payAddress: order.payAddress ?? '', payCurrency: 'usdttrc20', payExtraId: null, network: 'trx' };
      const payAmount = order.payAmount ?? zeroCoins;
      return { kind: 'minted', payment: { ...target, paymentId, payAmount, providerExpiresAt: null, raw: '{}' } };
    };
    const { alarms } = await openByHand(stack, id, { mint });
    expect(await triesOf(id)).toEqual(['unusable', 'unusable', 'unusable', 'unusable', 'unusable']);
    expect(alarms.at(-1)).toBe('mint_given_up');
    expect(await told(id)).toMatchObject({ next: 'contact_support', address: null, cases: [{ kind: 'mint_failed' }] });
  });
});

describe('an address that another open order has', () => {
  const evm = '0x52908400098527886E0F7030069857D2E4169EE7';
  let made = 0;
  const answering = (payAddress: string) => async (): Promise<MintOutcome> => {
    made += 1;
    const paymentId = `7100000000${made}` as PaymentId;
    const target = { payAddress, payCurrency: 'eth', payExtraId: null, network: 'eth' };
    return {
      kind: 'minted',
      payment: { ...target, paymentId, payAmount: zeroCoins, providerExpiresAt: null, raw: '{}' },
    };
  };

  it('of Ethereum is the same one in other letters', async () => {
    const first = await placedOrder(stack);
    const second = await placedOrder(stack);
    expect((await openByHand(stack, first.id, { mint: answering(evm) })).order.payAddress).toBe(evm);
    const { order, alarms } = await openByHand(stack, second.id, {
      mint: answering(evm.toLowerCase()),
      mostAttempts: 1,
    });
    expect(order.payAddress).toBe(null);
    expect(alarms).toEqual(['mint_collides']);
  });

  it('of Tron is another one in other letters', async () => {
    const [upper, lower] = ['TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf', 'TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBF'];
    for (const address of [upper, lower]) {
      const { id } = await placedOrder(stack);
      expect((await openByHand(stack, id, { mint: answering(address) })).order.payAddress).toBe(address);
    }
  });
});

describe('an outage', () => {
  it('uses up no try: without a login nothing is minted again before the provider answers something', async () => {
    await stack.sim('/faults', { endpoint: 'POST /payment', fault: 'http_500', effect: 'before' });
    await stack.sim('/faults', { endpoint: 'GET /status', fault: 'http_500' });
    const { id } = await placedOrder(stack);
    const away = await openByHand(stack, id, { withoutLogin: true, mostAttempts: 60 });
    expect(away.tookMs).toBeGreaterThan(20 * 60_000);
    expect(await triesOf(id)).toEqual(['open']);
    await stack.sim('/faults', undefined, 'DELETE');
    const { order } = await openByHand(stack, id, { withoutLogin: true });
    expect(order.payAddress).toMatch(/^T/);
  });

  it('uses up no try with a login either: a list that cannot be read says nothing about a create', async () => {
    await stack.sim('/faults', { endpoint: 'POST /payment', fault: 'http_500', effect: 'before' });
    await stack.sim('/faults', { endpoint: 'GET /payment/', fault: 'http_500' });
    const { id } = await placedOrder(stack);
    await openByHand(stack, id, { mostAttempts: 40 });
    expect(await triesOf(id)).toEqual(['open']);
    await stack.sim('/faults', undefined, 'DELETE');
    expect((await openByHand(stack, id)).order.payAddress).toMatch(/^T/);
  });
});

it('keeps every invariant', () => expectInvariants(stack));
