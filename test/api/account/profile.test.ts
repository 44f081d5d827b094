import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moveOrder } from '../../support/an-order.js';
import { aLogo, logoSha256 } from '../../support/a-logo.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const url = '/v1/account/profile';
const said = {
  display_name: 'Corner Books',
  accent_colour: '#7a2e8a',
  support_address: 'help@corner-books.example',
  legal_name: 'Corner Books GmbH',
  postal_address: 'Marktplatz 1\n12345 Musterstadt',
  tax_id: 'DE123456789',
  receipt_footer: 'Thank you.',
};
const nothing = Object.fromEntries(Object.keys(said).map((name) => [name, null]));

let api: TestApp;
let [live, test]: string[] = [];
beforeAll(async () => {
  api = await testApp();
  live = await api.newKey();
  test = await api.newKey({ mode: 'test' });
});
afterAll(() => api?.close());

const read = async (key = live!) => (await api.call(key, 'GET', url)).json();
const change = (body: object, key = live!) => api.call(key, 'PATCH', url, { body });

describe('a profile', () => {
  it('says nothing before somebody says something', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    expect(await read(key)).toEqual({ ...nothing, logo_url: null, livemode: true });
  });

  it('is said by a key of the account: what is named, and the rest stays; null takes it back', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    expect((await change(said, key)).json()).toEqual({ ...said, logo_url: null, livemode: true });
    await change({ display_name: 'Corner', tax_id: null }, key);
    expect(await read(key)).toEqual({ ...said, display_name: 'Corner', tax_id: null, logo_url: null, livemode: true });
  });

  it('belongs to a mode: what is tried with a test key no live payer sees', async () => {
    await change({ display_name: 'Live name' });
    await change({ display_name: 'Tried name' }, test);
    expect(await read()).toMatchObject({ display_name: 'Live name', livemode: true });
    expect(await read(test)).toMatchObject({ display_name: 'Tried name', livemode: false });
  });

  it('is audited, and not when nothing changes', async () => {
    const accountId = await api.newAccount();
    const key = await api.newKey({ accountId });
    for (const name of ['One', 'One', 'Two']) await change({ display_name: name }, key);
    const { rows } = await api.deps.pool.query(
      `select action, actor, before->>'display_name' as before, after->>'display_name' as after from audit_log
       where account_id = $1 order by seq`,
      [accountId],
    );
    const line = { action: 'account.profile_updated', actor: expect.stringMatching(/^key_/) };
    expect(rows).toEqual([
      { ...line, before: null, after: 'One' },
      { ...line, before: 'One', after: 'Two' },
    ]);
  });

  it.each([
    [{}, 'expected at least one of display_name, logo_png'],
    [{ display_name: '' }, 'display_name: expected 1 to 60 characters'],
    [{ display_name: '   ' }, 'display_name: expected words, not blanks'],
    [{ display_name: 'x'.repeat(61) }, 'display_name: expected 1 to 60 characters'],
    [{ display_name: 'Two\nlines' }, 'display_name: expected characters that can be seen'],
    [{ legal_name: 'Shop \u202eevil' }, 'legal_name: expected characters that can be seen'],
    [{ accent_colour: 'red' }, 'accent_colour: expected a colour such as #0b6b63'],
    [{ accent_colour: '#ffd400' }, 'accent_colour: too light to be read on our pages: its contrast is 1.2'],
    [{ support_address: 'ask me' }, 'support_address: expected a mail address or an https URL'],
    [{ support_address: 'javascript:alert(1)' }, 'support_address: expected a mail address or an https URL'],
    [{ support_address: 'http://shop.example' }, 'support_address: expected a mail address or an https URL'],
    [{ postal_address: '1\n2\n3\n4\n5\n6\n7' }, 'postal_address: expected at most 6 lines'],
    [{ logo_png: 'no base64!' }, 'logo_png: expected a PNG in base64'],
    [{ logo_png: Buffer.from('<svg/>').toString('base64') }, 'logo_png: expected a PNG: this has not its signature'],
    [{ logo_png: 'A'.repeat(44_000) }, 'logo_png: expected a PNG of at most 32 KB'],
    [{ displayName: 'Spelt otherwise' }, 'displayName: not a field: is display_name meant?'],
  ])('%j is refused in words', async (body, words) => {
    const answer = await change(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain(words);
  });

  it('is read with read keys, and changed by none of them', async () => {
    const reader = await api.newKey({ scopes: ['read:billing'] });
    expect((await api.call(reader, 'GET', url)).statusCode).toBe(200);
    expect((await change({ display_name: 'Mine' }, reader)).statusCode).toBe(403);
  });
});

describe('an operator', () => {
  it('reads and says it for any account, with a reason in the audit log', async () => {
    const admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
    const accountId = await api.newAccount();
    const path = `/v1/admin/accounts/acc_${accountId}/profile`;
    const body = { display_name: 'Said for them', reason: 'by letter' };
    expect((await api.call(admin, 'PATCH', `${path}?mode=test`, { body })).statusCode).toBe(200);
    expect((await api.call(admin, 'GET', `${path}?mode=test`)).json().display_name).toBe('Said for them');
    expect((await api.call(admin, 'GET', path)).json().display_name).toBeNull();
    const { rows } = await api.deps.pool.query('select reason from audit_log where account_id = $1', [accountId]);
    expect(rows).toEqual([{ reason: 'by letter' }]);
    const nobody = '/v1/admin/accounts/acc_0198c0de-0000-7000-8000-000000000099/profile';
    for (const method of ['GET', 'PATCH'] as const) {
      const options = method === 'PATCH' ? { body } : {};
      expect((await api.call(admin, method, nobody, options)).statusCode).toBe(404);
    }
  });
});

describe('a logo', () => {
  it('is kept, served from here as a picture and nothing else, and gone when nobody shows it', async () => {
    const { logo_url } = (await change({ logo_png: aLogo().toString('base64') })).json();
    expect(logo_url).toBe(`https://pay.example.com/brand/${logoSha256}.png`);
    const path = new URL(logo_url).pathname;
    const answer = await api.app.inject(path);
    expect(answer.rawPayload.equals(aLogo())).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    await change({ display_name: 'Another name' });
    expect((await read()).logo_url).toBe(logo_url);
    expect((await change({ logo_png: null })).json().logo_url).toBeNull();
    expect((await api.app.inject(path)).statusCode).toBe(404);
  });

  it.each(['ffd400.css', '0b6b6.css', `${'0'.repeat(64)}.png`, 'x.svg', '..%2fstyles.css', `${'0'.repeat(64)}`])(
    '/brand/%s is not there',
    async (name) => {
      expect((await api.app.inject(`/brand/${name}`)).statusCode).toBe(404);
    },
  );
});

describe('the payment page', () => {
  const pageOf = async (key: string) => {
    const { payment_url } = await api.placed(key);
    return (await api.app.inject(new URL(payment_url).pathname)).body;
  };

  it('shows the seller and no installation, with its colour and its logo from here', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    await change({ ...said, logo_png: aLogo().toString('base64') }, key);
    const body = await pageOf(key);
    expect(body).toContain(`<img class="logo" src="/brand/${logoSha256}.png" alt/>Corner Books</span>`);
    expect(body).toContain(' · Corner Books</title>');
    expect(body).toContain('Sold by <bdi>Corner Books GmbH, Marktplatz 1, 12345 Musterstadt</bdi>');
    expect(body).toMatch(
      /Questions\? <a class="contact" href="mailto:help@corner-books.example\?subject=ord_[0-9a-f]{12}"/,
    );
    expect(body).not.toMatch(/driftstack/i);
    expect(body).toContain('<link rel="stylesheet" href="/brand/7a2e8a.css"/>');
    const css = await api.app.inject('/brand/7a2e8a.css');
    expect(css.headers['content-type']).toBe('text/css; charset=utf-8');
    expect(css.body).toContain('--accent:#7a2e8a');
  });

  it('shows the installation’s name where the account says nothing', async () => {
    const body = await pageOf(await api.newKey({ accountId: await api.newAccount() }));
    expect(body).toContain('<span class="brand">Driftstack</span>');
    expect(body).not.toContain('/brand/');
    expect(body).not.toContain('<footer');
  });

  it('shows no other account’s, and not that of the other mode', async () => {
    await change({ display_name: 'Only live' });
    const foreign = await api.newKey({ accountId: await api.newAccount() });
    for (const key of [test!, foreign]) expect(await pageOf(key)).not.toContain('Only live');
  });

  it('escapes what a merchant says', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    await change({ display_name: '<b>"Shop"</b>', legal_name: '<script>', support_address: 'a"<b@c.example' }, key);
    await change({ display_name: '<b>"Shop"</b>', legal_name: '<script>1' }, key);
    const body = await pageOf(key);
    expect(body).not.toMatch(/<b>|<script>/);
    expect(body).toContain('&lt;script>1');
  });

  it('says whom to write to where something went wrong', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    await change({ support_address: 'https://shop.example/help' }, key);
    const { order_id, payment_url } = await api.placed(key);
    const path = new URL(payment_url).pathname;
    const link =
      '<a class="contact" href="https://shop.example/help" rel="noreferrer"><bdi>shop.example/help</bdi></a>';
    expect((await api.app.inject(path)).body).not.toContain(`Write to ${link}`);
    await moveOrder(api.deps.pool, order_id, { to: 'failed' });
    await api.deps.pool.query(`update orders set failed_reason = 'ipn' where id = $1`, [order_id]);
    expect((await api.app.inject(path)).body).toContain(`Write to ${link}`);
  });
});
