import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { describe, expect, it } from 'vitest';
import { allRights } from '../../src/domain/access/scopes.js';
import type { Receipt } from '../../src/domain/receipt.js';
import { consoleProblemPage } from '../../src/web/console/console-problem-page.js';
import { paymentAwayPage, paymentNotFoundPage } from '../../src/web/pay/payment-message-page.js';
import { paymentPage, paymentStatus } from '../../src/web/pay/payment-page.js';
import type { PaymentPageView } from '../../src/web/pay/payment-state.js';
import { de } from '../../src/web/pay/strings/de.js';
import { en } from '../../src/web/pay/strings/en.js';
import { receiptPdf } from '../../src/web/receipt/receipt-pdf.js';
import { receiptText } from '../../src/web/receipt/receipt-text.js';
import { pdfText } from '../support/pdf.js';
import { consolePagesOf } from './console-pages.js';
import { pending, views } from './payment-views.js';

const receipt: Receipt = {
  order_id: 'ord_0123456789ab',
  issued_at: '2026-11-24T19:40:12.345Z',
  status: 'paid',
  product: 'team_manual',
  price_cents: 8000,
  price_currency: 'EUR',
  payment_id: '5745459419',
  paid_at: '2026-11-24T19:40:12.345Z',
  created_at: '2026-11-24T19:21:02.001Z',
};
const named = (view: PaymentPageView, name: string) => ({ ...view, seller: { ...pending.seller, name } });
const outside = { context: null, title: 'Not found', detail: 'There is nothing here.', requestId: 'r-1' };

describe('the name of an installation', () => {
  it.each(Object.entries(views))('stands on the payment page %s, and no other does', (_, view) => {
    for (const strings of [en, de]) {
      const html = paymentPage(named(view, 'Acme Pay'), strings);
      expect(html).toContain('<span class="brand">Acme Pay</span>');
      expect(html).toContain(' · Acme Pay</title>');
      expect(html).not.toMatch(/driftstack/i);
    }
  });

  it('is in what the payment page swaps in, for the title of the tab', () => {
    const html = paymentStatus(named(pending, 'Acme Pay'), en);
    expect(html).toContain('data-title="Waiting for your payment · Acme Pay"');
  });

  it('stands on the pages that show no order', () => {
    for (const html of [paymentNotFoundPage(en, 'Acme Pay'), paymentAwayPage(de, 'Acme Pay')]) {
      expect(html).toContain('<span class="brand">Acme Pay</span>');
      expect(html).not.toMatch(/driftstack/i);
    }
  });

  it.each(Object.entries(consolePagesOf('Acme Pay')))('stands on the console page %s', (_, render) => {
    expect(render()).toMatch(/class="brand"[^>]*>Acme Pay</);
    expect(render()).toContain(' · Acme Pay console</title>');
    expect(render().replaceAll(allRights, '')).not.toMatch(/driftstack/i); // a scope is a wire word, and stays
  });

  it('stands on a problem before the login too', () => {
    const html = consoleProblemPage({ ...outside, brandName: 'Acme Pay' });
    expect(html).toContain('<title>Not found · Acme Pay console</title>');
    expect(html).toContain('<p class="brand">Acme Pay</p>');
  });

  it('is text, whatever stands in it', () => {
    expect(paymentPage(named(pending, '<b>"Acme"</b>'), en)).not.toContain('<b>');
    expect(consoleProblemPage({ ...outside, brandName: '<b>"Acme"</b>' })).not.toContain('<b>');
  });

  it('heads a receipt as text', () => {
    expect(receiptText(receipt, 'Acme Pay').split('\n')[0]).toBe('Acme Pay receipt');
  });

  it('heads a receipt as PDF and is its author', async () => {
    const pdf = await receiptPdf(receipt, 'Müller & Söhne 管理');
    expect(await pdfText(pdf)).toContain('Müller & Söhne 管理');
    expect(await pdfText(pdf)).not.toMatch(/driftstack/i);
    const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
    expect((await document.getMetadata()).info).toMatchObject({ Author: 'Müller & Söhne 管理' });
  });

  it('leaves room on a PDF for the order id, however wide it is', async () => {
    const pdf = await receiptPdf(receipt, 'W'.repeat(40));
    const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
    const { items } = await (await document.getPage(1)).getTextContent();
    const found = items.flatMap((item) => ('str' in item ? [{ ...item, at: Number(item.transform[4]) }] : []));
    const name = found.find(({ str }) => str.startsWith('WWW'))!;
    const orderId = found.find(({ str }) => str === 'ord_0123456789ab')!;
    expect(name.at + name.width).toBeLessThan(orderId.at);
  });
});
