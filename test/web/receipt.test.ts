import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../src/domain/receipt.js';
import { receiptPdf } from '../../src/web/receipt/receipt-pdf.js';
import { receiptText } from '../../src/web/receipt/receipt-text.js';
import { pdfText } from '../support/pdf.js';

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

const textOf = (one: Receipt) => receiptText(one, 'Driftstack');
const pdfOf = (one: Receipt) => receiptPdf(one, 'Driftstack');

async function open(pdf: Buffer) {
  return getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
}

describe('a receipt as text', () => {
  it('is a title, a blank line and labelled values with a final newline', () => {
    expect(textOf(receipt)).toBe(
      [
        'Driftstack receipt',
        '',
        'Order: ord_0123456789ab',
        'Issued: 2026-11-24T19:40:12.345Z',
        'Status: paid',
        'Product: team_manual',
        'Amount: 80.00 EUR',
        'Paid at: 2026-11-24T19:40:12.345Z',
        'Payment id: 5745459419',
        'Created: 2026-11-24T19:21:02.001Z',
        '',
      ].join('\n'),
    );
  });

  it('says what came and who took it, where that was not the price', () => {
    const owed = { amount: '80.1', currency: 'usdttrc20' };
    const accepted = { by: 'support', received: [{ amount: '40', currency: 'usdttrc20' }], owed } as never;
    const lines = textOf({ ...receipt, accepted }).split('\n');
    expect(lines.slice(6, 9)).toEqual([
      'Price: 80.00 EUR',
      'Received: 40 USDTTRC20 of 80.1 USDTTRC20',
      'Accepted as payment by: support',
    ]);
    expect(lines.join()).not.toContain('Amount');
  });

  it('has no payment line when no payment is known', () => {
    expect(textOf({ ...receipt, payment_id: null })).not.toContain('Payment id');
  });

  it.each([
    ['JPY', 4900, 'Amount: 4900 JPY'],
    ['KWD', 4900, 'Amount: 4.900 KWD'],
    ['USD', 1, 'Amount: 0.01 USD'],
  ])('writes %s with its own decimals', (price_currency, price_cents, line) => {
    expect(textOf({ ...receipt, price_currency, price_cents }).split('\n')).toContain(line);
  });

  it('keeps a product with line breaks, controls and bidi marks on its one line', () => {
    const text = textOf({ ...receipt, product: 'a\nStatus: refunded\r\u001b[31m\u202eb\u2066\ud800' });
    expect(text.split('\n')).toHaveLength(11);
    expect(text).toContain('Product: aStatus: refunded[31mb\n');
  });
});

describe('a receipt as PDF', () => {
  it('is PDF 1.4 with one A4 page', async () => {
    const pdf = await pdfOf(receipt);
    expect(pdf.subarray(0, 9).toString('latin1')).toBe('%PDF-1.4\n');
    const document = await open(pdf);
    expect(document.numPages).toBe(1);
    const [, , width, height] = (await document.getPage(1)).view;
    expect([width, height]).toEqual([595.28, 841.89]);
  });

  it('says product, amount, order, payment and times', async () => {
    const text = await pdfText(await pdfOf(receipt));
    for (const part of ['Driftstack', 'team_manual', '80.00 EUR', 'ord_0123456789ab', '5745459419', 'PAID']) {
      expect(text).toContain(part);
    }
    expect(text).toContain('Payment received 24 November 2026, 19:40:12 UTC, when this receipt was issued');
    expect(text).toContain('Order placed 24 November 2026, 19:21:02 UTC');
  });

  it('never says that the price was paid where somebody took less for it', async () => {
    const received = [{ amount: '40', currency: 'usdttrc20' }] as const;
    const accepted = { by: 'support', received } as never;
    const text = await pdfText(await pdfOf({ ...receipt, accepted }));
    expect(text).toContain('Received 40 USDTTRC20');
    expect(text).toContain('Accepted as paid by support');
    expect(text).not.toMatch(/Amount paid|Paid in full|Total/);
  });

  it('is the same bytes every time, and others for another order', async () => {
    const first = await pdfOf(receipt);
    expect((await pdfOf(receipt)).equals(first)).toBe(true);
    expect((await pdfOf({ ...receipt, order_id: 'ord_ba9876543210' })).equals(first)).toBe(false);
  });

  it('does not depend on what the process rendered before', async () => {
    const first = await pdfOf({ ...receipt, product: 'plan 漢字 ﷽ ✂' });
    for (const product of ['ქართული', 'plan ✂', '漢字']) await pdfOf({ ...receipt, product });
    expect((await pdfOf({ ...receipt, product: 'plan 漢字 ﷽ ✂' })).equals(first)).toBe(true);
  });

  it('takes its dates from paid_at', async () => {
    const { info } = await (await open(await pdfOf(receipt))).getMetadata();
    expect(info).toMatchObject({ CreationDate: 'D:20261124194012Z', ModDate: 'D:20261124194012Z' });
  });

  it('embeds every font and holds no script and no link', async () => {
    const pdf = (await pdfOf({ ...receipt, product: 'plan 管理' })).toString('latin1');
    const fonts = [...pdf.matchAll(/\/BaseFont \/(\S+)/g)].map((match) => match[1]?.slice(7));
    expect(new Set(fonts)).toEqual(new Set(['Inter-SemiBold', 'Inter-Regular', 'UnifontExMono']));
    expect(pdf.match(/\/FontFile2/g)).toHaveLength(3);
    expect(pdf).not.toMatch(/\/(JavaScript|JS|URI|Launch|OpenAction|Annots)\b/);
  });

  it.each(['管理プラン', '한국어', 'Ελληνικά', 'Жук', 'größer ąęł', '😀'])('writes %s as it is', async (product) => {
    expect(await pdfText(await pdfOf({ ...receipt, product }))).toContain(`Product ${product}`);
  });

  it('joins Arabic letters from right to left, words in their order', async () => {
    const text = await pdfText(await pdfOf({ ...receipt, product: 'plan مرحبا بالعالم x' }));
    expect(text).toContain('مرحبا');
    expect(text).toContain('بالعالم');
    expect(text.indexOf('بالعالم')).toBeLessThan(text.indexOf('مرحبا')); // drawn from left to right
  });

  it.each([')', '\\', '(', '((', '%%EOF', 'endobj', 'endstream) Tj', '\ud800', '\u0000'])(
    'still parses with %j in the product',
    async (hostile) => {
      const text = await pdfText(await pdfOf({ ...receipt, product: `a${hostile}b` }));
      expect(text).toContain(`Product a${/[\ud800\u0000]/.test(hostile) ? '' : hostile}b`);
    },
  );

  it('stays one page with a product of 2,000 characters', async () => {
    const document = await open(await pdfOf({ ...receipt, product: 'lengthy '.repeat(250) }));
    expect(document.numPages).toBe(1);
  });
});

describe('a receipt that a bookkeeper accepts', () => {
  const coins = { currency: 'usdttrc20', network: 'trx' };
  const deposit = {
    ...{ payment_id: '5745459419', ...coins, amount: '90.5', transaction_hash: 'ab12'.repeat(16) },
    at: '2026-11-24T19:38:12.345Z',
  };
  const whole: Receipt = {
    ...receipt,
    seller: {
      ...{ name: 'Käsekontor Müller GmbH', postal_address: 'Deichstraße 12\n20459 Hamburg', tax_id: 'DE123456789' },
      footer: 'Amtsgericht Hamburg\nHRB 12345',
    },
    customer_reference: 'invoice 1187',
    description: 'A year of Käsekontor',
    paid_with: { ...coins, owed: '86.41', received: '90.5', excess: '4.09', rate: '1.080125' },
    deposits: [deposit],
  };

  it('names seller, reference, coins, rate and transfers as text, under the name of the seller', () => {
    const lines = textOf(whole).split('\n');
    expect(lines[0]).toBe('Käsekontor Müller GmbH receipt');
    expect(lines.slice(10)).toEqual([
      'Seller: Käsekontor Müller GmbH',
      'Address: Deichstraße 12, 20459 Hamburg',
      'Tax id: DE123456789',
      'Reference: invoice 1187',
      'Description: A year of Käsekontor',
      'Owed: 86.41 USDTTRC20 (network trx)',
      'Arrived: 90.5 USDTTRC20 (network trx)',
      'Beyond the price: 4.09 USDTTRC20 (network trx)',
      'Rate: 1 EUR = 1.080125 USDTTRC20 (network trx)',
      'Deposit: 90.5 USDTTRC20 (network trx), seen 2026-11-24T19:38:12.345Z, payment 5745459419, ' +
        `transaction ${'ab12'.repeat(16)}`,
      '',
      'Amtsgericht Hamburg',
      'HRB 12345',
      '',
    ]);
    expect(textOf({ ...whole, paid_with: { ...whole.paid_with!, waived: '0.4' } })).toContain(
      '\nWaived: 0.4 USDTTRC20',
    );
  });

  it('is one drawn page with all of it', async () => {
    const pdf = await pdfOf(whole);
    expect((await open(pdf)).numPages).toBe(1);
    const text = await pdfText(pdf);
    for (const said of [
      'Deichstraße 12',
      'DE123456789',
      'invoice 1187',
      'A year of Käsekontor',
      '4.09 USDTTRC20',
      'HRB 12345',
    ]) {
      expect(text).toContain(said);
    }
    expect(text.replaceAll(' ', '')).toContain('ab12'.repeat(16));
    expect(text).not.toContain('Driftstack');
  });

  it('goes on on further pages with many transfers, and says how many it leaves to the JSON', async () => {
    const deposits = Array.from({ length: 23 }, (_, index) => ({ ...deposit, payment_id: `600${index}` }));
    const pdf = await pdfOf({ ...whole, deposits });
    expect((await open(pdf)).numPages).toBeGreaterThan(1);
    const text = await pdfText(pdf);
    expect(text).toContain('payment 60019');
    expect(text).not.toContain('payment 60020');
    expect(text).toContain('More deposits 3');
  });
});
