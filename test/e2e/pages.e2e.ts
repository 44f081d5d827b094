import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
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
import { consolePages } from '../web/console-pages.js';
import { pending, views } from '../web/payment-views.js';
import { startPageServer } from './page-server.js';

const sizes = [320, 1280] as const;
const schemes = ['light', 'dark'] as const;

describe.skipIf(!canBrowse)('pages in a browser', () => {
  let browser: Browser;
  let pages: Awaited<ReturnType<typeof startPageServer>>;
  const complaints: string[] = [];

  beforeAll(async () => {
    [browser, pages] = await Promise.all([launchBrowser(), startPageServer()]);
  });
  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  const open = (path: string, options: BrowserContextOptions = {}): Promise<Page> =>
    openPage(browser, pages.origin + path, { complaints, ...options });

  const everyPage = [
    ...Object.keys(views).map((name) => `/pay/${name}`),
    ...['de', 'es', 'fr', 'pt', 'zh', 'ar'].flatMap((language) => [
      `/pay/payWithMemo?lang=${language}`,
      `/pay/topUp?lang=${language}`,
    ]),
    ...Object.keys(consolePages).map((name) => `/console/${name}`),
  ];

  it.each(everyPage)('%s: no axe violation and no sideways scrolling, light and dark, at any width', async (path) => {
    for (const colorScheme of schemes) {
      const page = await open(path, { colorScheme });
      expect({ colorScheme, found: await axeViolations(page) }).toEqual({ colorScheme, found: [] });
      for (const width of sizes) {
        await page.setViewportSize({ width, height: 800 });
        expect({ width, excess: await sidewaysExcess(page) }).toEqual({ width, excess: 0 });
        await keepScreenshot(page, `${path.slice(1).replace(/[^\w]+/g, '-')}-${width}-${colorScheme}`);
      }
      await page.context().close();
    }
  });

  it('follows the order without a reload, tells a screen reader, and stops once paid', async () => {
    pages.show({ ...pending, token: 'live', expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const page = await open('/pay/live');
    await page.evaluate('window.stayed = true');
    await eventually(() => expect(pages.watchers()).toBe(1));
    pages.show({ status: 'confirming', pay: null, expiresAt: null, version: 2 });
    await page.waitForSelector('h1:text-is("Payment seen")');
    expect(await page.textContent('#announcement')).toContain('Payment seen');
    pages.show({ status: 'paid', paidAt: '2026-11-24T19:44:00.000Z', version: 3 });
    await page.waitForSelector('a:text-is("Download receipt (PDF)")');
    expect(await page.title()).toBe('Paid · Driftstack');
    expect(await page.evaluate('window.stayed')).toBe(true);
    await eventually(() => expect(pages.watchers()).toBe(0));
  });

  it('polls when there is no event stream', async () => {
    pages.setStreaming(false);
    pages.show({ ...pending, token: 'live', expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const page = await open('/pay/live');
    pages.show({ status: 'confirming', pay: null, expiresAt: null, version: 2 });
    await page.waitForSelector('h1:text-is("Payment seen")', { timeout: 15_000 });
    pages.setStreaming(true);
  });

  it('counts down by the server’s clock and looks again when the time is up', async () => {
    pages.show({ ...pending, token: 'live', expiresAt: new Date(Date.now() + 3_000).toISOString() });
    const page = await open('/pay/live');
    await page.waitForSelector('.clock:text-is("00:01")');
    await page.waitForSelector('h1:text-is("Time is up")');
  });

  it('copies the exact amount and the address', async () => {
    const page = await open('/pay/pay', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.click('text="Copy amount"');
    await page.waitForSelector('text="Copied"');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('249.124562');
    await page.click('text="Copy address"');
    await eventually(async () =>
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe('TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf'),
    );
  });

  it('says when in the payer’s zone, with UTC beside', async () => {
    const page = await open('/pay/topUp?lang=de', { timezoneId: 'America/New_York' });
    const said = await page.textContent('.countdown time');
    expect(said?.replace(/[\u2068\u2069]/g, '')).toBe('01.12.2026, 14:42 (2026-12-01 19:42 UTC)');
  });

  it('offers its languages without script, and says the page in the one chosen', async () => {
    const page = await open('/pay/pay', { javaScriptEnabled: false });
    await page.click('.languages summary');
    await page.click('text="العربية"');
    expect(await page.getAttribute('html', 'dir')).toBe('rtl');
    expect(await page.textContent('#pay-address')).toBe('TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf');
  });

  it('is fit for paper: what to send stays, what one presses goes', async () => {
    const page = await open('/pay/payWithTagCode');
    await page.emulateMedia({ media: 'print' });
    expect(await page.isVisible('#pay-address')).toBe(true);
    expect(await page.isVisible('#pay-extra-id')).toBe(true);
    expect(await page.isVisible('.qr')).toBe(true);
    for (const gone of ['#pay-amount-copy', '.languages', '.clock']) expect(await page.isVisible(gone)).toBe(false);
  });

  it('can be worked with the keyboard alone', async () => {
    const page = await open('/pay/payBitcoin');
    const reached: (string | null)[] = [];
    for (let presses = 0; presses < 4; presses++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate('document.activeElement.textContent.trim()'));
    }
    expect(reached).toEqual(['English', 'Copy amount', 'Copy address', 'Wallet link with the amount filled in']);
    await page.keyboard.press('Enter');
    expect(await page.getAttribute('text="Open in wallet"', 'href')).toBe(
      'bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=0.00415207',
    );
  });

  it('works without script: address readable, no dead buttons, refresh asked for', async () => {
    const page = await open('/pay/pay', { javaScriptEnabled: false });
    expect(await page.textContent('#pay-address')).toBe('TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf');
    expect(await page.isVisible('#pay-address-copy')).toBe(false);
    expect(await page.getAttribute('meta[http-equiv=refresh]', 'content')).toBe('20');
  });

  it('keeps the focus and an opened wallet link when news comes in', async () => {
    pages.show({
      ...(views['payBitcoin'] ?? pending),
      token: 'live',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const page = await open('/pay/live');
    await page.click('#wallet summary');
    await page.focus('#pay-amount-copy');
    await eventually(() => expect(pages.watchers()).toBe(1));
    pages.show({ version: 9 });
    await page.waitForSelector('[data-version^="9."]');
    expect(await page.evaluate('document.activeElement.id')).toBe('pay-amount-copy');
    expect(await page.isVisible('text="Open in wallet"')).toBe(true);
  });
});
