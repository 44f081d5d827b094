import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/server.js';
import {
  axeViolations,
  canBrowse,
  keepScreenshot,
  launchBrowser,
  openPage,
  sidewaysExcess,
} from '../support/browser.js';

describe.skipIf(!canBrowse)('the simulator’s page', () => {
  let browser: Browser;
  let simulator: Simulator;
  const complaints: string[] = [];

  beforeAll(async () => {
    const accounts = { apiKeys: ['key'], ipnSecret: 'secret', email: 'shop@example.com', password: 'password' };
    [browser, simulator] = await Promise.all([launchBrowser(), startSimulator({ port: 0, stepMs: 20, ...accounts })]);
  });
  afterAll(async () => {
    await browser?.close();
    await simulator?.close();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  const open = (options = {}) => openPage(browser, simulator.url, { complaints, ...options });

  async function call<T>(path: string, body?: object): Promise<T> {
    const headers = { 'content-type': 'application/json', 'x-api-key': 'key' };
    const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : {};
    return (await (await fetch(simulator.url + path, init)).json()) as T;
  }

  async function mint(orderId: string, coin = 'usdttrc20'): Promise<string> {
    const price = { price_amount: 49, price_currency: 'usd', pay_currency: coin, order_id: orderId };
    return (await call<{ payment_id: string }>('/v1/payment', price)).payment_id;
  }

  it('has a button for every scenario', async () => {
    await mint('ord_every');
    const page = await open();
    await page.waitForSelector('article:has-text("ord_every")');
    const { scenarios } = await call<{ scenarios: string[] }>('/_sim/scenarios');
    expect(scenarios.length).toBeGreaterThan(15);
    const played = await page.$$eval('article:has-text("ord_every") button', (all) =>
      all.map((button) => button.getAttribute('data-play')),
    );
    expect(played.toSorted()).toEqual(scenarios.toSorted());
  });

  it('pays at the press of a button: the payment ends, the ledger tells how', async () => {
    const paymentId = await mint('ord_pressed');
    const page = await open();
    await page.click('article:has-text("ord_pressed") >> text="Pay"');
    await page.waitForSelector('#ended article:has-text("ord_pressed") .pill:text-is("finished")');
    await page.selectOption('#kind', 'status');
    await page.waitForSelector(`#ledger li:has-text("${paymentId}: sending → finished")`);
  });

  it('plays a rare one from its fold, which stays open', async () => {
    await mint('ord_rare');
    const page = await open();
    const card = 'article:has-text("ord_rare")';
    await page.click(`${card} >> text="More scenarios"`);
    await page.click(`${card} >> text="Half, then the rest"`);
    await page.waitForSelector(`${card}:has-text("Then ")`);
    expect(await page.$(`${card} details[open]`)).not.toBeNull();
  });

  it('shows what merchants wrote as text', async () => {
    await mint('<img src=x onerror=alert(1)>');
    const page = await open();
    await page.waitForSelector('article:has-text("<img src=x onerror=alert(1)>")');
  });

  it.each(['light', 'dark'] as const)('has no axe violation and fits a phone: %s', async (colorScheme) => {
    for (const coin of ['btc', 'xrp']) await mint(`ord_${colorScheme}_${coin}`, coin);
    const page = await open({ colorScheme });
    await page.waitForSelector(`article:has-text("ord_${colorScheme}_xrp")`);
    expect(await axeViolations(page)).toEqual([]);
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      expect({ width, excess: await sidewaysExcess(page) }).toEqual({ width, excess: 0 });
      await keepScreenshot(page, `simulator-${width}-${colorScheme}`);
    }
  });
});
