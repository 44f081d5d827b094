import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createReceiver } from '../../scripts/receiver/server.js';
import { createSender } from '../../src/webhooks/send.js';
import { newWebhookSecret, signatureHeaders } from '../../src/webhooks/sign.js';
import {
  axeViolations,
  canBrowse,
  keepScreenshot,
  launchBrowser,
  openPage,
  sidewaysExcess,
} from '../support/browser.js';
import { eventually } from '../support/eventually.js';

describe.skipIf(!canBrowse)('the receiver page of npm start', () => {
  const secret = newWebhookSecret();
  const complaints: string[] = [];
  let browser: Browser;
  let server: Server;
  let target: string;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = createReceiver(() => [secret]).listen(0, '127.0.0.1');
    await once(server, 'listening');
    target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  const open = (options: object = {}) => openPage(browser, `http://${target}/`, { complaints, ...options });

  async function deliver(eventType: string, { signedWith = secret, times = 1 } = {}): Promise<void> {
    const eventId = crypto.randomUUID();
    const data = { order_id: 'ord_0123456789ab', customer_reference: '<img src=x onerror=alert(1)>' };
    const body = JSON.stringify({ id: eventId, type: eventType, created_at: new Date().toISOString(), data });
    const sender = createSender({ allowTargets: [target], ownHosts: [] });
    for (let n = 0; n < times; n += 1) {
      const headers = signatureHeaders({ eventId, eventType, body, secrets: [signedWith], nowMs: Date.now() });
      await sender.send({ endpointId: 'whk_1', url: `http://${target}/hook`, body, headers });
    }
    await sender.close();
  }

  it('says that nothing has come, then shows deliveries as they arrive, without a reload', async () => {
    const page = await open();
    await eventually(async () => expect(await page.locator('#live').textContent()).toBe('live'));
    expect(await page.getByText('Nothing has come yet.').isVisible()).toBe(true);
    await deliver('crypto.order.paid');
    const items = page.locator('#deliveries > li');
    await items.first().waitFor();
    expect(await items.first().locator('summary').innerText()).toContain('crypto.order.paid');
    expect(await items.first().locator('.state').textContent()).toBe('verified');
    expect(await items.first().locator('.body').isVisible()).toBe(true); // the first one is open
    expect(await page.locator('#empty').isVisible()).toBe(false);

    await deliver('crypto.order.failed', { signedWith: newWebhookSecret() });
    await deliver('test.ping', { times: 2 });
    await eventually(async () => expect(await items.count()).toBe(4));
    const states = await items.locator('.state').allTextContents();
    expect(states).toEqual(['verified', 'verified', 'wrong signature', 'verified']);
    expect(await items.first().locator('.times').textContent()).toBe('seen 2 times');
  });

  it.each(['light', 'dark'] as const)('has no axe violation and does not scroll sideways, %s', async (colorScheme) => {
    const page = await open({ colorScheme });
    await page.locator('#deliveries > li').nth(3).waitFor();
    await page.locator('#deliveries > li').nth(1).locator('summary').click();
    expect(await axeViolations(page)).toEqual([]);
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      expect({ width, excess: await sidewaysExcess(page) }).toEqual({ width, excess: 0 });
      await keepScreenshot(page, `receiver-${width}-${colorScheme}`);
    }
  });
});
