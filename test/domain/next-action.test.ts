import { describe, expect, it } from 'vitest';
import { amountToSend, nextActionOf, type ReceivedPayment } from '../../src/domain/next-action.js';
import { coins } from '../support/a-payment.js';

const order = {
  status: 'pending',
  provider: 'nowpayments',
  coinChoice: 'merchant',
  requestedCoin: 'usdttrc20',
  payAddress: 'T1',
  payCurrency: 'usdttrc20',
  payAmount: coins('100'),
  topUpFloor: coins('5'),
} as const;
const received = (coin: string, arrived: string, over: Partial<ReceivedPayment> = {}): ReceivedPayment => ({
  role: 'child',
  coin,
  arrived: coins(arrived),
  unapplied: coins(arrived),
  providerStatus: 'finished',
  lateAt: null,
  ...over,
});
const asked = (over: object, payments: ReceivedPayment[] = [], hasAddress = true, isOver = false) =>
  nextActionOf({ ...order, ...over }, { hasAddress, isOver, payments });

describe('what the caller can do next', () => {
  it('is to pay while there is an address, to wait for one, and to ask support when there will be none', () => {
    expect(asked({})).toBe('pay');
    expect(asked({ payAddress: null }, [], false)).toBe('wait');
    expect(asked({ payAddress: null, provider: 'stub' }, [], false)).toBe('contact_support');
    expect(asked({}, [], false)).toBe('contact_support'); // the address was tampered with, and is withheld
  });

  it('is to wait, and not to pay, once the pay window is over and we look one last time', () => {
    expect(asked({}, [], true, true)).toBe('wait');
    expect(asked({ payAddress: null }, [], false, true)).toBe('wait');
    expect(asked({ payAddress: null, provider: 'stub' }, [], false, true)).toBe('contact_support');
    expect(asked({ status: 'partial' }, [received('usdttrc20', '50')], true, true)).toBe('top_up'); // has a window of its own
  });

  it('is to ask support when coins came to a pending order and moved nothing', () => {
    expect(asked({}, [received('usdttrc20', '0')])).toBe('pay');
    expect(asked({}, [received('usdttrc20', '100')])).toBe('contact_support'); // under another price, for instance
    expect(asked({}, [received('usdttrc20', '100', { role: 'orphan' })])).toBe('contact_support');
  });

  it('is to top up a partial order, unless another coin lies there or the address is withheld', () => {
    expect(asked({ status: 'partial' }, [received('usdttrc20', '50')])).toBe('top_up');
    expect(asked({ status: 'partial' }, [received('USDTTRC20', '50')])).toBe('top_up');
    expect(asked({ status: 'partial' }, [received('btc', '50')])).toBe('contact_support');
    expect(asked({ status: 'partial' }, [received('btc', '0')])).toBe('top_up');
    expect(asked({ status: 'partial' }, [received('usdttrc20', '50')], false)).toBe('contact_support');
  });

  it('is never to pay nothing, or what came: what covers the sum is waited for, or a person looks at it', () => {
    const half = received('usdttrc20', '50', { role: 'bound', providerStatus: 'partially_paid' });
    const partial = { status: 'partial' };
    expect(asked(partial, [half, received('usdttrc20', '50', { providerStatus: 'confirming' })])).toBe('wait');
    expect(asked(partial, [half, received('usdttrc20', '20', { providerStatus: 'confirming' })])).toBe('top_up');
    expect(asked(partial, [{ ...half, arrived: coins('100') }])).toBe('contact_support');
    expect(asked(partial, [half, received('usdttrc20', '50', { providerStatus: 'unread' })])).toBe('contact_support');
    expect(asked(partial, [half, received('usdttrc20', '20', { providerStatus: 'unread' })])).toBe('contact_support');
    expect(asked(partial, [half, received('usdttrc20', '50', { role: 'orphan' })])).toBe('contact_support');
  });

  it('is to wait for coins on their way, and to ask support about those that no waiting brings further', () => {
    const coming = { ...received('usdttrc20', '100'), providerStatus: 'confirming', unapplied: coins('0') };
    const confirming = { status: 'confirming' };
    expect(asked(confirming, [coming])).toBe('wait');
    expect(asked(confirming, [{ ...coming, unapplied: coins('100') }])).toBe('contact_support'); // they do not fit
    expect(asked(confirming, [{ ...coming, providerStatus: 'finished', arrived: coins('0') }])).toBe('contact_support');
    const others = [received('usdttrc20', '7', { role: 'orphan' })];
    expect(asked(confirming, [coming, ...others])).toBe('wait');
    expect(asked(confirming, [coming, { ...received('usdttrc20', '7'), providerStatus: 'refunded' }])).toBe('wait');
  });

  it('is to ask support where the provider itself calls it another coin', () => {
    const wrong = { ...received('usdttrc20', '100'), providerStatus: 'wrong_asset_confirmed' };
    expect(asked({ status: 'partial' }, [wrong])).toBe('contact_support');
  });

  it('is to ask support about late money, else nothing once the order is closed', () => {
    const late = received('usdttrc20', '1', { lateAt: '2026-11-25T12:00:00.000Z' });
    for (const status of ['failed', 'cancelled']) {
      expect(asked({ status })).toBe('none');
      expect(asked({ status }, [late])).toBe('contact_support');
    }
    expect(asked({ status: 'confirming' })).toBe('wait');
    expect(asked({ status: 'paid' }, [late])).toBe('none');
  });
});

describe('what a payer is asked to send', () => {
  const half = [received('usdttrc20', '50')];

  it('is all of it at first, then the rest, never less than the floor of the coin, else nothing', () => {
    expect(amountToSend(order, 'pay', [])).toBe('100');
    expect(amountToSend(order, 'top_up', half)).toBe('50');
    expect(amountToSend(order, 'top_up', [received('usdttrc20', '98')])).toBe('5');
    for (const action of ['wait', 'contact_support', 'none'] as const) {
      expect(amountToSend(order, action, half)).toBeNull();
    }
  });
});
