import { describe, expect, it } from 'vitest';
import { wayBack } from '../../src/web/pay/payment-links.js';
import { languages } from '../../src/web/pay/language.js';
import { paymentPage } from '../../src/web/pay/payment-page.js';
import { paymentState, paymentStates, type PaymentState } from '../../src/web/pay/payment-state.js';
import { en } from '../../src/web/pay/strings/en.js';
import { pending, views } from './payment-views.js';

const [success, back, cancel] = ['https://shop.example/ok', 'https://shop.example/back', 'https://shop.example/no'];
const all = { ...pending, successUrl: success, returnUrl: back, cancelUrl: cancel };

describe('the way back to the shop', () => {
  it.each<[PaymentState, string]>([
    ['choose', cancel],
    ['pay', cancel],
    ['time_up', cancel],
    ['minting', cancel],
    ['unavailable', cancel],
    ['confirming', back],
    ['top_up', back],
    ['wrong_asset', back],
    ['looked_at', back],
    ['paid', success],
    ['expired', cancel],
    ['failed', cancel],
    ['cancelled', cancel],
    ['late', back],
    ['incomplete', back],
    ['declined', back],
  ])('from %s is %s', (state, url) => {
    expect(wayBack(all, state)).toBe(url);
    expect(wayBack({ ...pending, returnUrl: back }, state)).toBe(back);
    expect(wayBack(pending, state)).toBeNull();
  });

  it('of a merchant who said where stands on every page, once', () => {
    const shown = new Set<PaymentState>();
    for (const view of Object.values(views)) {
      const html = paymentPage({ ...view, successUrl: null, cancelUrl: null, returnUrl: back }, en);
      expect(html.split(`href="${back}"`)).toHaveLength(2);
      shown.add(paymentState(view));
    }
    expect([...shown].sort()).toEqual([...paymentStates].sort());
  });

  it('stands on no page where nobody said any', () => {
    for (const view of Object.values(views)) {
      const said = { successUrl: null, returnUrl: null, cancelUrl: null };
      expect(paymentPage({ ...view, ...said }, en)).not.toContain('shop.example/');
    }
  });
});

describe('who sent too much, or once more', () => {
  const paid = views['paid'] ?? pending;
  const seller = { ...pending.seller, supportAddress: 'help@shop.example' };

  it.each(['overpaid', 'second_payment'] as const)('reads what becomes of it and whom to write to: %s', (surplus) => {
    for (const strings of Object.values(languages)) {
      const html = paymentPage({ ...paid, seller, surplus }, strings);
      expect(html).toContain(strings.surplus[surplus]);
      expect(html).toContain(strings.writeTo);
    }
    expect(paymentPage({ ...paid, seller }, en)).not.toContain(en.writeTo);
  });
});
