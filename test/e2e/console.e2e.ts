import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeViolations, canBrowse, keepScreenshot, sidewaysExcess } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { accept, answering } from '../support/hooks.js';
import { expectInvariants } from '../support/invariants.js';
import { consoleOnStack, password, patience } from './console-desk.js';

const hostile = '<img src=x onerror=alert(1)>\u202e"\'></textarea><script>alert(2)</script>';

describe.skipIf(!canBrowse)('the support console, on the real stack', () => {
  const desk = consoleOnStack();
  const { login, checkout, order, standing, auditOf, notice, underpaid } = desk;

  it('underpaid: found by search, evidence read, honoured, paid', async () => {
    const id = await underpaid({ customer_reference: 'Invoice 4711' });
    const page = await login('mira', { path: '/console/orders' });
    expect(new URL(page.url()).pathname).toBe('/console/orders'); // where the visitor wanted to go
    await page.fill('[name=search]', 'invoice 4711');
    await page.click('button:text-is("Filter")');
    await page.click(`a:text-is("${id}")`);

    await page.click('summary:has-text("Evidence")');
    expect(await page.textContent('details[open] dl')).toContain('underpaid');
    expect(await page.textContent('details[open] table')).toContain('partially_paid');
    expect(await page.getAttribute('text="Workflow in Temporal"', 'href')).toMatch(
      new RegExp(`^http://127.0.0.1:8233/namespaces/test-\\w+/workflows/crypto-order%2F${id}$`),
    );
    expect(await page.getAttribute('text="Block explorer"', 'href')).toContain('https://tronscan.org/#/address/T');

    await page.fill('[name=reason]', 'A customer of many years');
    await page.click('button:has-text("Honour")');
    expect(await notice(page)).toBe('The order is honoured.');
    expect(await page.textContent('.heading .badge')).toBe('paid');
    expect(await page.textContent('.timeline')).toContain('decided by support');
    expect(await page.isVisible('button:has-text("Honour")')).toBe(false);
    expect(await page.isVisible('text="Receipt (PDF)"')).toBe(true);
    expect((await order(id)).events.at(-1)).toMatchObject({ status: 'paid', source: 'support' });
    expect(await auditOf(id)).toEqual([
      {
        actor: 'operator:mira',
        action: 'support_case.honoured',
        reason: 'A customer of many years',
        result: expect.any(String),
      },
    ]);
    await eventually(() => expect(desk.shop.received.map(({ body }) => body).join()).toContain(id), {
      timeoutMs: 30_000,
    });
    await page.click('text="Audit"');
    expect(await page.textContent('tbody')).toContain('A customer of many years');
    await eventually(() => expectInvariants(desk.stack), { timeoutMs: 20_000 });
  });

  it('late: declined, without script', async () => {
    const id = await checkout();
    await standing(id, 'failed', 0);
    await desk.stack.sim('/pay', { order_id: id });
    await standing(id, 'failed', 1);
    const page = await login('mira', { path: '/console/cases?kind=late_payment', javaScriptEnabled: false });
    expect(await page.textContent('article')).toContain(id);
    await page.fill('[name=reason]', 'Sent back by hand, tx 0xabc');
    await page.click('button:text-is("Decline and close")');
    expect(await notice(page)).toBe('The case is declined and closed.');
    expect(new URL(page.url()).search).toBe('?kind=late_payment&sort=age');
    expect(await page.textContent('main')).toContain('Nothing waits for a decision here.');
    expect((await order(id)).status).toBe('failed');
    expect(await auditOf(id)).toMatchObject([
      { actor: 'operator:mira', action: 'support_case.declined', reason: 'Sent back by hand, tx 0xabc' },
    ]);
  });

  it('above the four-eyes amount: one proposes, another approves', async () => {
    const id = await underpaid({ price_cents: 20_000 });
    const [mira, admin] = [await login('mira'), await login('admin')];
    const honour = async (page: Page, reason: string) => {
      await page.goto(`${desk.stack.apiUrl}/console/orders/${id}`);
      await page.fill('[name=reason]', reason);
      await page.click('button:has-text("Honour")');
      return notice(page);
    };
    expect(await honour(mira, 'Seen on chain')).toBe('Proposed. Another operator must approve it.');
    expect(await mira.textContent('article')).toContain('Another operator must approve.');
    expect(await mira.isVisible('button:has-text("Honour")')).toBe(false);
    expect((await order(id)).status).toBe('partial');
    expect(await honour(admin, 'Agreed')).toBe('The order is honoured.');
    expect(await admin.textContent('.resolution')).toContain('honour by mira, approved by admin');
    expect((await order(id)).status).toBe('paid');
    expect((await auditOf(id)).map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'operator:mira support_case.approval_requested',
      'operator:admin support_case.approved',
      'operator:admin support_case.honoured',
    ]);
  });

  it('a merchant’s endpoint was down: the dead delivery is sent again', async () => {
    desk.shop.answer = answering(500, hostile);
    const id = await checkout();
    await desk.stack.sim('/pay', { order_id: id });
    await standing(id, 'paid', 0);
    const page = await login('mira');
    await eventually(
      async () => {
        await page.goto(`${desk.stack.apiUrl}/console/orders/${id}`);
        expect(await page.textContent('.badge.s-failed', { timeout: 1_000 })).toBe('dlq');
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    desk.shop.answer = accept;
    await page.click('button:text-is("Resend")');
    expect(await notice(page)).toBe('The delivery is sent again.');
    await eventually(
      async () => {
        await page.reload();
        expect(await page.textContent('table:has-text("crypto.order.paid") .badge')).toBe('delivered');
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    const bodies = desk.shop.received.filter(({ body }) => body.includes(id)).map(({ body }) => body);
    expect(new Set(bodies).size).toBe(1);
    await page.goto(`${desk.stack.apiUrl}/console/webhooks`);
    expect(await page.textContent('main')).toContain(desk.shop.url);
  });

  it('reconcile runs when asked, and says what it did', async () => {
    const page = await login('mira', { path: '/console/reconcile' });
    await eventually(
      async () => {
        await page.click('button:text-is("Run now")');
        expect(await notice(page)).toBe('Reconcile has started.'); // the schedule may be in the middle of its own
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    await eventually(
      async () => {
        await page.reload();
        expect(await page.textContent('tbody tr')).not.toContain('running');
        expect(await page.textContent('tbody tr')).toContain('mira');
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
  });

  it('the counters follow without a reload', async () => {
    const page = await login('rea');
    await page.evaluate('window.stayed = true');
    const paid = () => page.textContent('.counter.s-paid strong');
    const before = Number(await paid());
    const id = await checkout();
    await desk.stack.sim('/pay', { order_id: id });
    await eventually(async () => expect(Number(await paid())).toBe(before + 1), { timeoutMs: 60_000, intervalMs: 500 });
    expect(await page.evaluate('window.stayed')).toBe(true);
  });

  it('who may only read sees every page and no button', async () => {
    const id = await underpaid();
    const page = await login('rea');
    const paths = [
      '',
      '/orders',
      `/orders/${id}`,
      '/cases',
      '/approvals',
      '/webhooks',
      '/reconcile',
      '/accounts',
      '/keys',
      '/operators',
      '/audit',
    ];
    for (const path of paths) {
      await page.goto(`${desk.stack.apiUrl}/console${path}`);
      expect(await page.locator('form[method=post] button').allTextContents()).toEqual(['Log out']);
    }
  });

  it('a session that is over leads to the login and back to the page', async () => {
    const id = await underpaid();
    const page = await login('mira', { path: `/console/orders/${id}` });
    await desk.stack.pool.query(`update console_sessions set expires_at = now() - interval '1 second'`);
    await page.fill('[name=reason]', 'too late');
    await page.click('button:has-text("Honour")');
    expect(await page.textContent('[role=alert]')).toBe('Your session has ended. Please log in again.');
    expect((await order(id)).status).toBe('partial');
    await page.goto(`${desk.stack.apiUrl}/console/orders/${id}`);
    await page.fill('[name=name]', 'mira');
    await page.fill('[name=password]', password);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`text="Log out"`, patience);
    expect(new URL(page.url()).pathname).toBe(`/console/orders/${id}`);
    await page.click('text="Log out"');
    await page.waitForURL('**/console/login', patience); // going back while the form is on its way breaks the tab
    await page.goBack();
    await page.reload();
    expect(await page.isVisible('[name=password]')).toBe(true);
  });

  it('can be worked with the keyboard alone', async () => {
    const page = await login('mira');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
  });

  it.each(['light', 'dark'] as const)('every page is clean to axe, fits a phone, and is kept in %s', async (scheme) => {
    const id = await underpaid({ customer_reference: hostile, metadata: { cart: hostile } });
    await desk.stack.live.call('PATCH', `/v1/billing/crypto-orders/${id}`, { customer_note: hostile });
    const { account_id: account } = (await desk.stack.pool.query('select account_id from orders where id = $1', [id]))
      .rows[0];
    const paths = {
      overview: '',
      orders: '/orders',
      order: `/orders/${id}`,
      cases: '/cases',
      approvals: '/approvals',
      accounts: '/accounts',
      account: `/accounts/${account}`,
      policy: `/accounts/${account}/policy`,
      keys: '/keys',
      operators: '/operators',
      you: '/you',
      'second-factor': '/you/second-factor',
      confirm: '/confirm',
      webhooks: '/webhooks',
      reconcile: '/reconcile',
      audit: '/audit',
      nothing: '/orders/ord_ffffffffffff',
    };
    const page = await login('admin', { colorScheme: scheme });
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(`${desk.stack.apiUrl}/console${path}`);
      await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        expect({ name, width, excess: await sidewaysExcess(page) }).toEqual({ name, width, excess: 0 });
        await keepScreenshot(page, `console-real-${name}-${width}-${scheme}`);
      }
      expect({ name, found: await axeViolations(page) }).toEqual({ name, found: [] });
    }
  });
});
