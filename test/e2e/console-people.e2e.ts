import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { createOperator } from '../../src/db/support/operators.js';
import { canBrowse } from '../support/browser.js';
import { consoleOnStack, password, patience } from './console-desk.js';

describe.skipIf(!canBrowse)('the people at the console, on the real stack', () => {
  const desk = consoleOnStack();
  const { login, order, notice, underpaid } = desk;

  it('what waits is found, read and approved on its own page', async () => {
    const id = await underpaid({ price_cents: 30_000 });
    const [mira, admin] = [await login('mira', { path: `/console/orders/${id}` }), await login('admin')];
    await mira.fill('[name=reason]', 'Sent in two parts');
    await mira.click('button:has-text("Honour")');
    await mira.click('a:text-is("Approvals")');
    const own = mira.locator(`article:has-text("${id}")`);
    expect(await own.textContent()).toContain('Another person must approve it.');
    expect(await own.locator('button').allTextContents()).toEqual(['Take back']);
    await admin.click('a:text-is("Approvals")');
    const proposal = admin.locator(`article:has-text("${id}")`);
    expect(await proposal.textContent()).toContain('Sent in two parts');
    await proposal.locator('[name=reason]').fill('Both seen');
    await proposal.locator('button:text-is("Approve")').click();
    expect(await notice(admin)).toBe('Approved and done.');
    expect((await order(id)).status).toBe('paid');
  });

  it('who it is, is asked once more before honouring; then the order is where it was', async () => {
    const id = await underpaid();
    const page = await login('mira', { path: `/console/orders/${id}` });
    await desk.stack.pool.query(`update console_sessions set confirmed_at = now() - interval '11 minutes'`);
    await page.fill('[name=reason]', 'A customer of many years');
    await page.click('button:has-text("Honour")');
    expect(await page.textContent('h1')).toBe('Confirm that it is you');
    expect((await order(id)).status).toBe('partial');
    await page.fill('[name=password]', password);
    await page.click('button:text-is("Confirm")');
    expect(new URL(page.url()).pathname).toBe(`/console/orders/${id}`);
    await page.fill('[name=reason]', 'A customer of many years');
    await page.click('button:has-text("Honour")');
    expect(await notice(page)).toBe('The order is honoured.');
  });

  it('a second factor is set up from its QR code, and asked for at the next login', async () => {
    await createOperator(desk.stack.pool, { name: 'tess', role: 'read_only', password });
    const page = await login('tess', { path: '/console/you' });
    await page.click('text="Set one up"');
    expect(await page.isVisible('svg.qr')).toBe(true);
    const secret = (await page.inputValue('[name=secret]')) || '';
    const telephone = new TOTP({ secret: Secret.fromBase32(secret) });
    await page.fill('[name=code]', telephone.generate());
    await page.click('button:text-is("Use it from now on")');
    const [recovery = ''] = await page.locator('ul.code li').allTextContents();
    await page.click('text="Log out"');
    await page.waitForURL('**/console/login', patience);
    const enter = async (code: string) => {
      await page.fill('[name=name]', 'tess');
      await page.fill('[name=password]', password);
      await page.fill('[name=code]', code);
      await page.click('button:text-is("Log in")');
    };
    await enter('');
    expect(await page.textContent('[role=alert]')).toContain('or the code');
    await enter(recovery);
    await page.waitForSelector(`text="Log out"`, patience);
  });

  it('a merchant is taken on: account, settings and a key, which is shown once and works', async () => {
    const page = await login('admin', { path: '/console/accounts' });
    await page.fill('[name=name]', 'Corner shop');
    await page.fill('[name=reason]', 'signed today');
    await page.click('button:text-is("Make the account")');
    expect(await page.textContent('h1')).toBe('Corner shop');
    expect(await page.textContent('dl.facts')).toContain('nobody’s: no address');
    await page.selectOption('[name=provider]', 'installation');
    await page.fill('[name=min_charge]', '1.5');
    await page.click('button:text-is("Put in force")');
    expect(await notice(page)).toBe('The settings are in force.');
    expect(await page.textContent('dl.facts')).toContain('the installation’s pair');
    expect(await page.inputValue('[name=min_charge]')).toBe('1.5');
    await page.click('main a:text-is("Policy")');
    await page.fill('[name=tolerance_percent]', '0.5');
    await page.click('button:text-is("Rehearse")');
    expect(await page.textContent('main')).toContain('0 would have ended otherwise');
    expect(await page.inputValue('[name=tolerance_percent]')).toBe('0.5');
    await page.click('button:text-is("Put in force")');
    expect(await notice(page)).toBe('The policy is in force.');
    await page.click('.crumb a');
    await page.fill('[name=api_key]', 'KEY-of-the-shop');
    await page.fill('[name=ipn_secret]', 'a-secret-of-the-shop');
    await page.click('button:text-is("Replace the pair")');
    expect(await notice(page)).toBe('Proposed. Another person must approve it.'); // its coins would leave the installation's wallet
    await page.click('main a:text-is("Keys")');
    await page.fill('[name=name]', 'till');
    await page.check('text="write"');
    await page.click('button:text-is("Make the key")');
    const key = (await page.textContent('p.notice .code')) ?? '';
    const orders = () =>
      fetch(`${desk.stack.apiUrl}/v1/billing/crypto-orders`, { headers: { authorization: `Bearer ${key}` } });
    expect((await orders()).status).toBe(200);
    await page.click('nav >> text="Keys"');
    expect(await page.textContent('table')).toContain('till');
    expect(await page.content()).not.toContain(key);
    await page.click('[aria-label="Revoke till"]');
    expect(await notice(page)).toBe('The key opens nothing any more.');
    expect((await orders()).status).toBe(401);
  });
});
