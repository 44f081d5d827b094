import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guideBody, testApp, type TestApp } from '../../support/test-app.js';

const url = '/v1/account/products';
const rolls = { id: 'rolls', names: { en: 'Twelve rolls', de: 'Zwölf Rollen' }, prices: { EUR: 1200, JPY: 1900 } };
const card = { id: 'card', names: {}, prices: { EUR: 300 } };

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api?.close());

async function merchant(products?: object[]) {
  const accountId = await api.newAccount();
  const key = await api.newKey({ accountId });
  const put = (list: object[], as = key) => api.call(as, 'PUT', url, { body: { products: list } });
  if (products) expect((await put(products)).statusCode).toBe(200);
  const checkout = (over: object, headers: Record<string, string> = {}) =>
    api.call(key, 'POST', '/v1/billing/crypto-checkout', { body: { ...guideBody, ...over }, headers });
  const quote = async (product: string, price_currency = 'EUR') =>
    (await api.call(key, 'POST', '/v1/billing/crypto-checkout/quote', { body: { product, price_currency } })).json();
  return { accountId, key, put, checkout, quote };
}

describe('the products of an account', () => {
  it('are the installation’s six before it lists its own, and again after it took them back', async () => {
    const { key, put, quote } = await merchant();
    const before = (await api.call(key, 'GET', url)).json();
    expect(before.is_own).toBe(false);
    expect(before.products).toHaveLength(6);
    expect(before.products[1]).toEqual({ id: 'team_manual', names: {}, prices: { USD: 24900, EUR: 24900 } });
    expect((await put([rolls])).json()).toEqual({ products: [rolls], is_own: true });
    expect((await put([])).json()).toEqual(before);
    expect(await quote('team_manual')).toMatchObject({ price_cents: 24900 });
  });

  it('are in force with the next checkout, at every price, and nobody else’s', async () => {
    const one = await merchant([rolls, card]);
    const other = await merchant();
    expect(await one.quote('rolls', 'JPY')).toEqual({ product: 'rolls', price_cents: 1900, price_currency: 'JPY' });
    expect((await one.checkout({ product: 'rolls' })).statusCode).toBe(201);
    const refused = await one.checkout({ product: 'team_manual' });
    expect(refused.json().detail).toBe('product: not sold here; expected one of rolls, card');
    expect((await other.checkout({ product: 'rolls' })).statusCode).toBe(400);
    await one.put([{ ...rolls, prices: { EUR: 1500 } }]);
    expect(await one.quote('rolls')).toMatchObject({ price_cents: 1500 });
    expect((await one.checkout({ product: 'card' })).statusCode).toBe(400);
    expect(await one.quote('card')).toMatchObject({ detail: 'product: not sold here; expected one of rolls' });
  });

  it('that are no longer sold do not change what a key stands for', async () => {
    const { put, checkout } = await merchant([rolls]);
    const headers = { 'idempotency-key': 'one-purchase' };
    const first = await checkout({ product: 'rolls' }, headers);
    await put([card]);
    const again = await checkout({ product: 'rolls' }, headers);
    expect(again.statusCode).toBe(201);
    expect(again.json().order_id).toBe(first.json().order_id);
    expect((await checkout({ product: 'rolls' })).statusCode).toBe(400);
  });

  it('cost a checkout no statement while their list stays the same', async () => {
    const { accountId, checkout } = await merchant([rolls]);
    await checkout({ product: 'rolls' });
    // What was read under this version is kept: a list that changes behind its version is not seen.
    await api.deps.pool.query(`update accounts set products = '[]' where id = $1`, [accountId]);
    expect((await checkout({ product: 'rolls' })).statusCode).toBe(201);
    await api.deps.pool.query('update accounts set products_version = products_version + 1 where id = $1', [accountId]);
    expect((await checkout({ product: 'rolls' })).statusCode).toBe(400);
  });

  it('have names that payers read in their language, escaped; the id where there is none', async () => {
    const bold = { ...card, names: { fr: '<b>Carte</b>' } };
    const { checkout, put } = await merchant([rolls, bold]);
    const pageOf = async (product: string, language: string) => {
      const { pathname } = new URL((await checkout({ product })).json().payment_url);
      return /<p class="product"><bdi>(.*?)<\/bdi>/.exec(
        (await api.app.inject(`${pathname}?lang=${language}`)).body,
      )?.[1];
    };
    expect(await pageOf('rolls', 'de')).toBe('Zwölf Rollen');
    expect(await pageOf('rolls', 'ar')).toBe('Twelve rolls');
    expect(await pageOf('card', 'de')).toBe('&lt;b>Carte&lt;/b>');
    await put([card]);
    expect(await pageOf('card', 'de')).toBe('card');
  });

  it.each([
    [[rolls, { ...card, id: 'rolls' }], 'products: an id stands twice'],
    [[{ ...card, id: 'No Id' }], 'products: expected 1 to 64 of a to z, 0 to 9 and _'],
    [[{ ...card, prices: {} }], 'products: expected a price in one currency at least'],
    [[{ ...card, prices: { EUR: 0 } }], 'products: '],
    [[{ ...card, prices: { XXX: 100 } }], 'products: '],
    [[{ ...card, names: { en: 'a\u202eb' } }], 'products: expected characters that can be seen'],
    [[{ ...card, names: { english: 'Card' } }], 'products: '],
    [[{ ...card, price: 300 }], 'products: '],
    [Array.from({ length: 101 }, (_, index) => ({ ...card, id: `card_${index}` })), 'products: '],
  ])('are refused as %j', async (list, words) => {
    const { put, key } = await merchant([card]);
    const answer = await put(list);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain(words);
    expect((await api.call(key, 'GET', url)).json().products).toEqual([card]);
  });

  it('are changed by no test key, since live orders depend on them; operators change them with a reason', async () => {
    const { accountId, put } = await merchant([card]);
    expect((await put([rolls], await api.newKey({ accountId, mode: 'test' }))).statusCode).toBe(403);
    const admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
    const path = `/v1/admin/accounts/acc_${accountId}/products`;
    const body = { products: [card, rolls], reason: 'by letter' };
    expect((await api.call(admin, 'PUT', path, { body })).json().products).toEqual([card, rolls]);
    expect((await api.call(admin, 'GET', path)).json().is_own).toBe(true);
    const { rows } = await api.deps.pool.query(
      'select action, reason, after from audit_log where account_id = $1 order by seq',
      [accountId],
    );
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({ action: 'account.products_updated', reason: 'by letter' });
    expect(Object.keys(rows[1].after).sort()).toEqual(['card', 'rolls']);
  });
});

describe('in catalogue mode', () => {
  it('the account’s own price is charged', async () => {
    const listed = await testApp({ settings: { priceMode: 'catalogue' } });
    try {
      const key = await listed.newKey();
      await listed.call(key, 'PUT', url, { body: { products: [rolls] } });
      const body = { product: 'rolls', price_cents: 5000, price_currency: 'EUR' };
      const answer = await listed.call(key, 'POST', '/v1/billing/crypto-checkout', { body });
      expect(answer.json()).toMatchObject({ price_cents: 1200 });
    } finally {
      await listed.close();
    }
  });
});
