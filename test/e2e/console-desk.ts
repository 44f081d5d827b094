import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createOperator } from '../../src/db/support/operators.js';
import { launchBrowser, openPage } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { accept, startHooks, type Hook, type Hooks } from '../support/hooks.js';
import { startStack, type Stack } from '../support/stack.js';

export const password = 'correct horse battery';
export const patience = { timeout: 60_000 };

/** The console of a real stack in a real browser: there before the first test of a describe, gone after the last. */
export function consoleOnStack() {
  let browser: Browser;
  let hooks: Hooks;
  let shop: Hook;
  let stack: Stack;
  const complaints: string[] = [];

  beforeAll(async () => {
    hooks = await startHooks();
    shop = hooks.at('shop', accept);
    const env = {
      TRUSTED_PROXIES: '127.0.0.1',
      PAY_WINDOW: '20 seconds',
      POLL_GRACE: '1 hour',
      FOUR_EYES_ABOVE: '100 USD',
      WEBHOOK_ALLOW_TARGETS: hooks.target,
      WEBHOOK_RETRY_WAITS: '100 milliseconds',
      RECONCILE_EVERY: '1 hour',
      TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
    };
    [browser, stack] = await Promise.all([launchBrowser(), startStack({ env })]);
    const events = ['crypto.order.paid', 'crypto.order.partial', 'crypto.order.late_payment'];
    const endpoint = await stack.live.call('POST', '/v1/webhooks', { url: shop.url, events });
    expect(endpoint.status).toBe(201);
    await createOperator(stack.pool, { name: 'admin', role: 'admin', password });
    await createOperator(stack.pool, { name: 'mira', role: 'support', password });
    await createOperator(stack.pool, { name: 'rea', role: 'read_only', password });
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
    await hooks?.close();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  // Everybody comes from an address of their own: one address may log in ten times a minute only.
  let visitors = 0;
  const open = (path: string, options: BrowserContextOptions = {}) =>
    openPage(browser, stack.apiUrl + path, {
      complaints,
      viewport: { width: 1280, height: 900 },
      extraHTTPHeaders: { 'x-forwarded-for': `192.0.2.${(visitors += 1)}` },
      ...options,
    });

  async function login(name: string, options: BrowserContextOptions & { path?: string } = {}): Promise<Page> {
    const { path = '/console', ...context } = options;
    const page = await open(path, context);
    await page.fill('[name=name]', name);
    await page.fill('[name=password]', password);
    await page.click('button:text-is("Log in")');
    await page.waitForSelector(`text="Log out"`, patience);
    return page;
  }

  async function checkout(over: Record<string, unknown> = {}): Promise<string> {
    const { body } = await stack.live.checkout(over);
    expect(body.payment_address).toEqual(expect.any(String));
    return body.order_id;
  }
  const order = async (id: string) => (await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`)).body;
  const standing = (id: string, status: string, openCases: number) =>
    eventually(
      async () => {
        const { rows } = await stack.pool.query(
          `select o.status, (select count(*) from support_cases where order_id = o.id and resolved_at is null) as cases
           from orders o where o.id = $1`,
          [id],
        );
        expect(rows[0]).toEqual({ status, cases: openCases });
      },
      { timeoutMs: 60_000 },
    );
  const auditOf = async (id: string) =>
    (
      await stack.pool.query('select actor, action, reason, result from audit_log where order_id = $1 order by seq', [
        id,
      ])
    ).rows;
  const notice = (page: Page) => page.textContent('p.notice[role=status]');

  async function underpaid(over: Record<string, unknown> = {}): Promise<string> {
    const id = await checkout(over);
    await stack.sim('/pay', { order_id: id, amount: '24.5' });
    await standing(id, 'partial', 1);
    return id;
  }

  return {
    get stack() {
      return stack;
    },
    get shop() {
      return shop;
    },
    login,
    checkout,
    order,
    standing,
    auditOf,
    notice,
    underpaid,
  };
}
