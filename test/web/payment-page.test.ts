import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { networkName } from '../../src/web/coins.js';
import { clockText } from '../../src/web/instant.js';
import { chooseLanguage, languages } from '../../src/web/pay/language.js';
import { paymentAwayPage, paymentNotFoundPage } from '../../src/web/pay/payment-message-page.js';
import { paymentPage, paymentStatus } from '../../src/web/pay/payment-page.js';
import { paymentState } from '../../src/web/pay/payment-state.js';
import { staticRoot } from '../../src/web/static-files.js';
import { ar } from '../../src/web/pay/strings/ar.js';
import { de } from '../../src/web/pay/strings/de.js';
import { en } from '../../src/web/pay/strings/en.js';
import { pending, views } from './payment-views.js';

const page = (name: string, strings = en): string => paymentPage(views[name] ?? pending, strings);

describe('what the payment page says', () => {
  it.each([
    ['pay', 'pay', 'Waiting for your payment'],
    ['timeUp', 'time_up', 'Time is up'],
    ['minting', 'minting', 'Preparing your payment'],
    ['unavailable', 'unavailable', 'This order cannot be paid here'],
    ['confirming', 'confirming', 'Payment seen'],
    ['topUp', 'top_up', 'A part is still missing'],
    ['wrongAsset', 'wrong_asset', 'Another coin arrived'],
    ['lookedAt', 'looked_at', 'Your payment is being looked at'],
    ['lookedAtPending', 'looked_at', 'Your payment is being looked at'],
    ['lookedAtConfirming', 'looked_at', 'Your payment is being looked at'],
    ['topUpSeen', 'confirming', 'Payment seen'],
    ['paid', 'paid', 'Paid'],
    ['expired', 'expired', 'This order has expired'],
    ['failed', 'failed', 'The payment failed'],
    ['cancelled', 'cancelled', 'This order was cancelled'],
    ['late', 'late', 'Your payment came late'],
    ['incomplete', 'incomplete', 'The payment stayed incomplete'],
    ['declined', 'declined', 'The seller did not accept this payment'],
  ])('%s: %s', (name, state, heading) => {
    expect(paymentState(views[name] ?? pending)).toBe(state);
    expect(page(name)).toContain(`<h1>${heading}</h1>`);
  });

  it('shows amount and address as the provider wrote them, and the network by name', () => {
    const html = page('pay');
    expect(html).toContain('id="pay-amount">249.124562<');
    expect(html).toContain('id="pay-address">TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf<');
    expect(html).toContain('Tron (TRC-20)');
    expect(html).toContain('>57:49<');
  });

  it('asks a partial payer for the rest and says what arrived', () => {
    const html = page('topUp');
    expect(html).toContain('id="pay-amount">49.124562<');
    expect(html).toContain('200 of 249.124562 USDT arrived');
    expect(html).toContain(
      'The rest can be paid until <time datetime="2026-12-01T19:42:00.000Z" data-local="true">2026-12-01 19:42 UTC</time>',
    );
    expect(html).not.toContain('data-countdown');
  });

  it('shows the memo where the coin has one', () => {
    expect(page('payWithMemo')).toContain('id="pay-extra-id">340917662<');
    expect(page('pay')).not.toContain('pay-extra-id');
  });

  it('shows a QR code of the address, and none where a wallet that scans it would leave out the memo', () => {
    expect(page('pay')).toContain('class="qr"');
    expect(page('payWithMemo')).not.toContain('class="qr"');
    expect(page('payWithMemo')).toContain('No QR code');
  });

  it('shows one code for address and tag where the coin has such a thing', () => {
    expect(page('payWithTagCode')).toContain('QR code of the X-address');
    expect(page('payWithTagCode')).toContain('id="pay-extra-id">11747<');
  });

  it.each([
    'timeUp',
    'minting',
    'unavailable',
    'confirming',
    'wrongAsset',
    'lookedAt',
    'lookedAtPending',
    'topUpSeen',
    'paid',
    'expired',
    'failed',
    'cancelled',
    'late',
    'incomplete',
  ])('shows no address when there is nothing to send: %s', (name) => {
    expect(page(name)).not.toContain('pay-address');
  });

  it('withholds the address of an order whose stored address was changed', () => {
    const html = paymentPage({ ...pending, pay: null, isAddressWithheld: true }, en);
    expect(html).toContain('This order cannot be paid here');
  });

  it('links the receipt once paid, and the shop when it gave a link', () => {
    expect(page('paid')).toContain('href="/pay/p4yT0kenp4yT0kenp4yT0ken/receipt.pdf"');
    expect(page('paid')).not.toContain('shop.example');
    expect(page('paidWithShop')).toContain('href="https://shop.example/thanks"');
    expect(page('pay')).not.toContain('receipt.pdf');
  });

  it('is the same in German', () => {
    const html = page('topUp', de);
    expect(html).toContain('<html lang="de" dir="ltr">');
    expect(html).toContain('Ein Teil fehlt noch');
    expect(html).toContain('200 von 249.124562 USDT angekommen');
  });
});

describe('the payment page in other languages', () => {
  it('runs from right to left in Arabic, with addresses and amounts as they are', () => {
    const html = page('topUp', ar);
    expect(html).toContain('<html lang="ar" dir="rtl">');
    expect(html).toContain('<bdi dir="ltr"><span class="code" id="pay-amount">49.124562</span> USDT</bdi>');
  });

  it('links every language by its own name', () => {
    const html = page('pay', de);
    for (const { language, languageName } of languages) {
      expect(html).toMatch(new RegExp(`href="\\?lang=${language}"[^>]*>${languageName}<`));
    }
    expect(html).toContain('<summary>Deutsch</summary>');
  });
});

describe('how the payment page is made', () => {
  it.each(Object.keys(views))('%s has no inline script, style or handler', (name) => {
    const html = page(name);
    expect(html).not.toMatch(/ style=| on\w+=|<style|javascript:/);
    expect(html.match(/<script[^>]*>/g)).toEqual([expect.stringContaining('src="/static/live-status.js?v=')]);
  });

  it('refreshes without script while something can happen, and stops once paid', () => {
    expect(page('pay')).toContain('<noscript><meta http-equiv="refresh" content="20"');
    expect(page('paid')).not.toContain('http-equiv="refresh"');
  });

  it.each(Object.keys(views))('%s takes less than 50 KB with script and styles', (name) => {
    const statics = ['styles.css', 'live-status.js', 'icon.svg'].map((file) => readFileSync(staticRoot + file).length);
    expect(Buffer.byteLength(page(name)) + statics.reduce((sum, size) => sum + size)).toBeLessThan(50_000);
  });

  it('names the fragment and the event stream of its own token', () => {
    const html = page('pay', de);
    expect(html).toContain('data-fragment="/pay/p4yT0kenp4yT0kenp4yT0ken/status?lang=de"');
    expect(html).toContain('data-events="/pay/p4yT0kenp4yT0kenp4yT0ken/events"');
  });

  it('has the fragment in it as it is served', () => {
    expect(page('topUp')).toContain(paymentStatus(views['topUp'] ?? pending, en));
  });

  it('gives each change its own mark, so that a page swaps it in', () => {
    const mark = (html: string) => /data-version="([^"]*)"/.exec(html)?.[1];
    const topUp = views['topUp'] ?? pending;
    const more = { ...topUp, pay: topUp.pay && { ...topUp.pay, arrived: '220', amountText: '29.124562' } };
    expect(mark(paymentPage(topUp, en))).not.toBe(mark(paymentPage(more, en)));
  });

  it.each(['<svg onload=alert(1)>', '"><script>alert(1)</script>', "' onmouseover=x"])(
    'escapes %s in a product',
    (product) => {
      const html = paymentPage({ ...pending, product }, en);
      expect(html).not.toContain('<svg onload');
      expect(html).not.toContain('<script>');
      expect(html).not.toMatch(/<[^>]* onmouseover/);
    },
  );

  it('drops bidi marks and controls from a product', () => {
    expect(paymentPage({ ...pending, product: 'a\u202eb\u0007c' }, en)).toContain('<bdi>abc</bdi>');
  });

  it('says what stays true while the database is away', () => {
    expect(paymentAwayPage(en, 'Driftstack')).toContain('a payment that you sent is not affected');
  });

  it('says that an unknown link is unknown', () => {
    expect(paymentNotFoundPage(en, 'Driftstack')).toContain('This payment link does not exist');
  });
});

describe('words', () => {
  it.each([
    [{ accepted: 'de-DE,de;q=0.9,en;q=0.8' }, 'de'],
    [{ accepted: 'nl, en;q=0.2, de;q=0.7' }, 'de'],
    [{ accepted: 'zh-Hant-TW,en;q=0.5' }, 'zh'],
    [{ wanted: 'pt-BR' }, 'pt'],
    [{ wanted: 'xx', accepted: 'ar' }, 'ar'],
    [{ accepted: 'en-GB,de;q=0.9' }, 'en'],
    [{ accepted: 'de;q=0' }, 'en'],
    [{ accepted: 'constructor' }, 'en'],
    [{ wanted: 'de', accepted: 'en' }, 'de'],
    [{ wanted: '__proto__', accepted: 'de' }, 'de'],
    [{}, 'en'],
  ])('%j is answered in %s', (asked, language) => {
    expect(chooseLanguage(asked).language).toBe(language);
  });

  it.each([
    ['trx', 'usdttrc20', 'Tron (TRC-20)'],
    ['eth', 'usdcerc20', 'Ethereum (ERC-20)'],
    ['bsc', 'usdtbsc', 'BNB Smart Chain (BEP-20)'],
    ['eth', 'eth', 'Ethereum'],
    ['zzz', 'abc', 'ZZZ'],
    [null, 'btc', 'Bitcoin'],
  ])('the network %s of %s is %s', (network, currency, name) => {
    expect(networkName(network, currency)).toBe(name);
  });

  it.each([
    [3_600_000, '1:00:00'],
    [3_599_999, '59:59'],
    [61_000, '01:01'],
    [-5, '00:00'],
  ])('%i ms read %s', (ms, text) => {
    expect(clockText(ms)).toBe(text);
  });
});
