import { describe, expect, it } from 'vitest';
import { nextActionOf } from '../../src/domain/next-action.js';
import { coins } from '../support/a-payment.js';

const order = { status: 'pending', provider: 'nowpayments', payAddress: 'T1', payCurrency: 'usdttrc20' } as const;
const received = (coin: string, arrived: string, lateAt: string | null = null) => ({
  coin,
  arrived: coins(arrived),
  lateAt,
});
const asked = (over: object, payments: ReturnType<typeof received>[] = [], hasAddress = true) =>
  nextActionOf({ ...order, ...over }, { hasAddress, payments });

describe('what the caller can do next', () => {
  it('is to pay while there is an address, to wait for one, and to ask support when there will be none', () => {
    expect(asked({})).toBe('pay');
    expect(asked({ payAddress: null }, [], false)).toBe('wait');
    expect(asked({ payAddress: null, provider: 'stub' }, [], false)).toBe('contact_support');
    expect(asked({}, [], false)).toBe('contact_support'); // the address was tampered with, and is withheld
  });

  it('is to top up a partial order, unless another coin lies there', () => {
    expect(asked({ status: 'partial' }, [received('usdttrc20', '50')])).toBe('top_up');
    expect(asked({ status: 'partial' }, [received('USDTTRC20', '50')])).toBe('top_up');
    expect(asked({ status: 'partial' }, [received('btc', '50')])).toBe('contact_support');
    expect(asked({ status: 'partial' }, [received('btc', '0')])).toBe('top_up');
  });

  it('is to ask support about late money, else nothing once the order is closed', () => {
    for (const status of ['failed', 'cancelled']) {
      expect(asked({ status })).toBe('none');
      expect(asked({ status }, [received('usdttrc20', '1', '2026-11-25T12:00:00.000Z')])).toBe('contact_support');
    }
    expect(asked({ status: 'confirming' })).toBe('wait');
    expect(asked({ status: 'paid' }, [received('usdttrc20', '1', '2026-11-25T12:00:00.000Z')])).toBe('none');
  });
});
