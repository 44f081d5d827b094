import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page, Response } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  axeViolations,
  canBrowse,
  keepScreenshot,
  launchBrowser,
  openPage,
  sidewaysExcess,
} from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { pdfText } from '../support/pdf.js';
import { startStack, type Stack } from '../support/stack.js';

const schemes = ['light', 'dark'] as const;
const patience = { timeout: 60_000 };

describe.skipIf(!canBrowse)('the payment page, on the real stack', () => {
  let browser: Browser;
  let stack: Stack;
  const complaints: string[] = [];

  beforeAll(async () => {
    [browser, stack] = await Promise.all([launchBrowser(), startStack({ stepMs: 700 })]);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  const open = (url: string, options: BrowserContextOptions = {}) => openPage(browser, url, { complaints, ...options });

  async function checkout(over: Record<string, unknown> = {}, at: Stack = stack) {
    const { body } = await at.live.checkout(over);
    expect(body.payment_address).toEqual(expect.any(String));
    return { id: body.order_id as string, url: body.payment_url as string, order: body };
  }

  /** Marks the document, so that a reload would be noticed. */
  const mark = (page: Page) => page.evaluate('window.stayed = true');
  const stayed = (page: Page) => page.evaluate('window.stayed === true');
  const heading = (page: Page, text: string) => page.waitForSelector(`h1:text-is("${text}")`, patience);

  it('turns to paid while it is open, and the receipt can be downloaded and read', async () => {
    const { id, url, order } = await checkout();
    const page = await open(url, { acceptDownloads: true });
    await mark(page);
    expect(await page.textContent('#pay-address')).toBe(order.payment_address);
    expect(await page.textContent('#pay-amount')).toBe(order.pay_amount_text);

    const headings = new Set<string | null>();
    await stack.sim('/pay', { order_id: id, step: '2 seconds' }); // long enough for each word to be seen
    await eventually(
      async () => {
        headings.add(await page.textContent('h1'));
        expect([...headings]).toContain('Paid');
      },
      { timeoutMs: 60_000 },
    );
    expect([...headings]).toEqual(['Waiting for your payment', 'Payment seen', 'Paid']);
    expect(await page.textContent('#announcement')).toContain('Paid.');
    expect(await stayed(page)).toBe(true);

    const download = page.waitForEvent('download', patience);
    await page.click('text="Download receipt (PDF)"');
    const file = await download;
    expect(file.suggestedFilename()).toBe(`receipt-${id}.pdf`);
    const text = await pdfText(await readFile(await file.path()));
    for (const words of ['RECEIPT', id, '49.00 USD', 'team_manual', 'Paid in full']) expect(text).toContain(words);
  });

  it('asks for what is missing after a partial payment, and takes a top-up', async () => {
    const { id, url, order } = await checkout({ pay_currency: 'btc' });
    const page = await open(url);
    await mark(page);
    await stack.sim('/scenarios/partial', { order_id: id });
    await heading(page, 'A part is still missing');
    const missing = (await page.textContent('#pay-amount')) ?? '';
    expect(Number(missing)).toBeCloseTo(Number(order.pay_amount_text) / 2, 7);
    await page.click('summary');
    expect(await page.getAttribute('text="Open in wallet"', 'href')).toBe(
      `bitcoin:${order.payment_address}?amount=${missing}`,
    );
    await keepScreenshot(page, 'real-partial');
    await stack.sim('/scenarios/topup', { order_id: id });
    await heading(page, 'Paid');
    expect(await stayed(page)).toBe(true);
  });

  it('says that another coin arrived', async () => {
    const { id, url } = await checkout();
    const page = await open(url);
    await stack.sim('/scenarios/wrong_asset', { order_id: id });
    await heading(page, 'Another coin arrived');
    expect(await page.$('#pay-address')).toBeNull();
  });

  it('notices a cancellation', async () => {
    const { id, url } = await checkout();
    const page = await open(url);
    await stack.live.call('POST', `/v1/billing/crypto-orders/${id}/cancel`);
    await heading(page, 'This order was cancelled');
  });

  it('notices that time is up, and money that comes after it', async () => {
    const hasty = await startStack({ stepMs: 300, env: { PAY_WINDOW: '15 seconds' } }); // time to open a page on a busy machine
    try {
      const { id, url } = await checkout({}, hasty);
      const page = await open(url);
      await mark(page);
      expect(await page.textContent('.clock')).toMatch(/^00:(0\d|1[0-5])$/);
      await heading(page, 'This order has expired');
      expect(await page.$('#pay-address')).toBeNull();
      await hasty.sim('/pay', { order_id: id });
      await heading(page, 'Your payment came late');
      expect(await stayed(page)).toBe(true);
      await keepScreenshot(page, 'real-late');
    } finally {
      for (const context of browser.contexts()) await context.close();
      await hasty.close();
    }
  });

  it('goes on when the event stream is cut, and says so while the API is away', async () => {
    const { id, url } = await checkout();
    const page = await open(url);
    await page.route('**/pay/**', (route) => route.abort());
    await page.context().setOffline(true);
    await eventually(async () => {
      await page.evaluate('dispatchEvent(new Event("online"))'); // looks at once
      expect(await page.isVisible('#offline')).toBe(true); // until then the stream may have opened this very moment, and taken it away
    });
    await stack.sim('/pay', { order_id: id });
    await page.context().setOffline(false);
    await page.unroute('**/pay/**');
    await heading(page, 'Paid');
    expect(await page.isVisible('#offline')).toBe(false);
  });

  it('knows no other tokens', async () => {
    const page = await open(`${stack.apiUrl}/pay/${'A'.repeat(32)}?lang=de`);
    expect(await page.textContent('h1')).toBe('Seite nicht gefunden');
    expect(await axeViolations(page)).toEqual([]);
    await keepScreenshot(page, 'real-unknown');
  });

  it('works without script', async () => {
    const { id, url, order } = await checkout();
    const page = await open(url, { javaScriptEnabled: false, locale: 'de-DE' });
    expect(await page.textContent('h1')).toBe('Wir warten auf Ihre Zahlung');
    expect(await page.textContent('#pay-address')).toBe(order.payment_address);
    expect(await page.isVisible('.qr')).toBe(true);
    expect(await page.isVisible('button')).toBe(false);
    await stack.sim('/pay', { order_id: id });
    await heading(page, 'Bezahlt'); // by the refresh that the page asks for
    expect(await page.getAttribute('text="Beleg herunterladen (PDF)"', 'href')).toMatch(/\/receipt\.pdf$/);
  });

  it.each(schemes)('asks for the coin, and shows what to send in the one that was tapped: %s', async (colorScheme) => {
    const { body } = await stack.live.checkout({ coin_choice: 'payer' });
    // The way it has to work for everybody: by the form, and the refresh that the page asks for.
    const page = await open(body.payment_url, {
      colorScheme,
      javaScriptEnabled: colorScheme === 'light',
      viewport: { width: 360, height: 740 },
    });
    const looks = async (name: string) => {
      if (colorScheme === 'light') expect({ name, found: await axeViolations(page) }).toEqual({ name, found: [] });
      await keepScreenshot(page, `real-${name}-360-${colorScheme}`);
    };
    await heading(page, 'Choose a coin');
    await looks('choose');
    await page.click('button[value="ltc"]');
    await heading(page, 'Waiting for your payment');
    const first = await page.textContent('#pay-address');
    await looks('chosen');
    await page.click('text="Pay with another coin"');
    await heading(page, 'Choose a coin');
    await looks('choose-another');
    await page.click('button[value="xrp"]');
    await heading(page, 'Waiting for your payment');
    expect(await page.textContent('#pay-address')).not.toBe(first);
    await stack.sim('/pay', { order_id: body.order_id });
    await heading(page, 'Paid');
  });

  it.each(schemes)('has no axe violation and fits 320 px, before and after: %s', async (colorScheme) => {
    const { id, url } = await checkout({ pay_currency: 'btc' });
    const page = await open(url, { colorScheme, viewport: { width: 320, height: 700 } });
    const looks = async (name: string) => {
      expect({ name, found: await axeViolations(page) }).toEqual({ name, found: [] });
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 700 });
        expect({ name, width, excess: await sidewaysExcess(page) }).toEqual({ name, width, excess: 0 });
        await keepScreenshot(page, `real-${name}-${width}-${colorScheme}`);
      }
      await page.setViewportSize({ width: 320, height: 700 });
    };
    await looks('pending');
    await stack.sim('/pay', { order_id: id });
    await heading(page, 'Paid');
    await looks('paid');
  });

  it('can be worked with the keyboard, and what has the focus is seen', async () => {
    const { url } = await checkout();
    const page = await open(url);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('pay-amount-copy');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('pay-address-copy');
  });

  it('runs nothing that a merchant or a provider wrote, and shows it as text', async () => {
    const attack = '"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const { id, url } = await checkout({ customer_reference: attack.slice(0, 60), metadata: { note: attack } });
    await stack.live.call('PATCH', `/v1/billing/crypto-orders/${id}`, { customer_note: attack });
    await stack.pool.query('update orders set product = $2 where id = $1', [id, attack]);
    const page = await open(url);
    expect(await page.textContent('.product')).toBe(attack);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.content()).not.toContain('<img');
  });

  it('cannot be put into a frame', async () => {
    const { url } = await checkout();
    const page = await browser.newPage();
    await page.setContent(`<iframe src="${url}"></iframe>`);
    await eventually(async () => {
      const frame = page.frames().find((each) => each !== page.mainFrame());
      expect(frame?.url()).toBe('chrome-error://chromewebdata/');
    });
  });

  it('loads less than 50 KB, all of it from here', async () => {
    const { url } = await checkout();
    const answers: Response[] = [];
    const context = await browser.newContext();
    const page = await context.newPage();
    page.on('response', (answer) => answers.push(answer));
    await page.goto(url);
    await page.waitForSelector('button.copy');
    const first = answers.filter((answer) => !answer.url().endsWith('/events'));
    const sizes = await Promise.all(first.map(async (answer) => (await answer.body()).length));
    expect(first.map((answer) => new URL(answer.url()).origin)).toEqual(first.map(() => stack.apiUrl));
    expect(first.length).toBeGreaterThanOrEqual(3);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(50_000);
  });
});
