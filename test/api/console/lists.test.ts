import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anUnusualOrder } from '../../support/a-case.js';
import { moveOrder, payOrder } from '../../support/an-order.js';
import { anEndpoint, someDeliveries } from '../../support/an-endpoint.js';
import { operatorAtConsole, type ConsoleVisitor } from '../../support/console-visitor.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let merchant: string;
let mira: ConsoleVisitor;
let [paid, partial, test, referenced]: string[] = [];

beforeAll(async () => {
  api = await testApp();
  merchant = await api.newKey();
  mira = await operatorAtConsole(api, 'mira', 'support');
  paid = (await api.placed(merchant, { price_cents: 7900, price_currency: 'EUR' })).order_id;
  await payOrder(api.deps.pool, paid!);
  partial = (await anUnusualOrder(api, merchant)).orderId;
  test = (await api.placed(await api.newKey({ mode: 'test' }))).order_id;
  referenced = (await api.placed(merchant, { customer_reference: 'Invoice 100%_A' })).order_id;
});
afterAll(() => api?.close());

const listed = (html: string) =>
  [...html.matchAll(/href="\/console\/orders\/(ord_[0-9a-f]{12})"/g)].map((each) => each[1]);
const orders = async (query = '') => {
  const answer = await mira.get(`/console/orders${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.body;
};
const problemIn = (html: string) => /role="alert">([^<]*)</.exec(html)?.[1];

describe('the list of orders', () => {
  it('shows every order, newest first, and marks cases and test orders', async () => {
    const html = await orders();
    expect(listed(html)).toEqual([referenced, test, partial, paid]);
    expect(html.match(/>case</g)).toHaveLength(1);
    expect(html.match(/<span class="badge">test</g)).toHaveLength(1);
  });

  it.each([
    ['?status=paid', () => [paid]],
    ['?livemode=false', () => [test]],
    ['?livemode=true&status=pending', () => [referenced]],
    ['?search=invoice+100%25_a', () => [referenced]],
    ['?search=%25', () => [referenced]],
    ['?search=100_', () => []],
    [
      '?search=++&status=&livemode=&account_id=&payment_id=&created_after=&created_before=',
      () => [referenced, test, partial, paid],
    ],
    ['?created_before=2020-01-01', () => []],
    ['?created_after=2020-01-01&status=partial', () => [partial]],
    ['?status=nonsense&livemode=nonsense', () => [referenced, test, partial, paid]],
  ])('%s narrows it', async (query, expected) => {
    expect(listed(await orders(query))).toEqual(expected());
  });

  it('finds an order by its account and by the provider’s payment id', async () => {
    const { rows } = await api.deps.pool.query('select payment_id as id from orders where id = $1', [partial]);
    expect(listed(await orders(`?payment_id=+${rows[0].id}+`))).toEqual([partial]);
    expect(listed(await orders(`?account_id=acc_${api.accountId}&status=paid`))).toEqual([paid]);
    expect(listed(await orders(`?account_id=${api.accountId}&status=paid`))).toEqual([paid]);
    expect(listed(await orders(`?account_id=acc_ffffffff-ffff-4fff-8fff-ffffffffffff`))).toEqual([]);
  });

  it.each([
    ['?account_id=x', 'Account: expected acc_&lt;uuid> or &lt;uuid>'],
    ['?created_after=yesterday', 'From: expected a day such as 2026-11-24.'],
    ['?created_before=2026-13-01', 'Before: expected a day such as 2026-11-24.'],
    ['?cursor=x', 'cursor: not one of this list, with these filters'],
    [`?search=${'x'.repeat(201)}`, 'Search: at most 200 characters.'],
  ])('says beside the form what is wrong with %s', async (query, problem) => {
    const html = await orders(query);
    expect(problemIn(html)).toBe(problem);
    expect(listed(html)).toEqual([]);
  });

  it('keeps what was typed, as text', async () => {
    const html = await orders(`?search=${encodeURIComponent('"><img src=x onerror=alert(1)>')}&status=paid`);
    expect(html).toContain('value="&quot;>&lt;img src=x onerror=alert(1)>"');
    expect(html).not.toContain('<img');
    expect(html).toContain('<option value="paid" selected');
  });

  it('can be downloaded as CSV with the same filters, formulas made harmless', async () => {
    await mira.get(`/console/orders/${partial}`);
    await mira.submit(`/console/orders/${partial}/internal-note`, { internal_note: '=HYPERLINK("http://x")' });
    const answer = await mira.get('/console/orders.csv?status=partial');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store, private');
    const [head, ...lines] = answer.body.trim().split('\r\n');
    expect(head).toMatch(/^order_id,account_id,product,/);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${partial},acc_${api.accountId}`);
    expect(lines[0]).toContain("'=HYPERLINK");
    expect((await mira.get('/console/orders.csv?account_id=x')).statusCode).toBe(400);
    expect((await api.app.inject({ method: 'GET', url: '/console/orders.csv' })).statusCode).toBe(303);
  });

  it('goes on by keyset, with the filters kept and bound to the cursor', async () => {
    const other = await api.newAccount();
    const key = await api.newKey({ accountId: other });
    for (let placed = 0; placed < 51; placed++) await api.placed(key);
    const first = await orders(`?account_id=${other}`);
    const next = /href="(\/console\/orders\?[^"]*cursor=[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(listed(first)).toHaveLength(50);
    expect(next).toContain(`account_id=${other}`);
    const second = listed((await mira.get(next)).body);
    expect(second).toHaveLength(1);
    expect(listed(first)).not.toContain(second[0]);
    expect(problemIn((await mira.get(next.replace('account_id=', 'status=paid&account_id='))).body)).toContain(
      'cursor',
    );
  });
});

describe('the counters', () => {
  const counts = (html: string) =>
    Object.fromEntries(
      [...html.matchAll(/<strong>(\d+)<\/strong> ([a-z ]+)/g)].map((each) => [each[2], Number(each[1])]),
    );

  it('count live orders, open cases and dead deliveries, and are fetched by themselves', async () => {
    const before = counts((await mira.get('/console/counters')).body);
    await anUnusualOrder(api, merchant);
    await anEndpoint(api, merchant);
    await someDeliveries(api.deps.pool, { accountId: api.accountId });
    const after = counts((await mira.get('/console/counters')).body);
    expect(after).toEqual({
      ...before,
      partial: (before['partial'] ?? 0) + 1,
      'open cases': (before['open cases'] ?? 0) + 1,
      'dead deliveries': (before['dead deliveries'] ?? 0) + 1,
    });
    expect(counts((await mira.get('/console/counters?mode=test')).body)).toMatchObject({ pending: 1, paid: 0 });
  });

  it('are refused without a session, so that no login page is swapped in', async () => {
    const answer = await api.app.inject({ method: 'GET', url: '/console/counters' });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });
});

describe('the webhooks page', () => {
  const open = (html: string) => {
    const cell = /<td class="number">(\d+(?:<br\/?><span[^>]*>[^<]*<\/span>)+)<\/td>/.exec(html)?.[1] ?? '';
    return cell.replaceAll(/<br\/?>/g, ', ').replaceAll(/<[^>]+>/g, '');
  };
  const leftLying = (html: string) => Number(/(\d+) deliver(?:y is|ies are) left lying/.exec(html)?.[1] ?? 0);

  it('shows how deliveries stand that have not ended, and how many nobody works on', async () => {
    const accountId = await api.newAccount();
    const { id } = await anEndpoint(api, await api.newKey({ accountId }));
    const some = (count: number, change: string) =>
      api.deps.pool.query(
        `update deliveries set ${change} where id in (
           select id from deliveries where endpoint_id = $1 and status = 'pending' and next_attempt_at > now() limit ${count})`,
        [id!.slice('whk_'.length)],
      );
    for (let n = 0; n < 9; n += 1) await someDeliveries(api.deps.pool, { accountId, status: 'pending' });
    await api.deps.pool.query(
      `update deliveries set next_attempt_at = now() + interval '1 hour' where endpoint_id = $1`,
      [id!.slice('whk_'.length)],
    );
    await some(3, `next_attempt_at = now() - interval '2 minutes'`);
    await some(2, `status = 'in_flight', claimed_until = now() + interval '1 minute'`);
    const before = (await mira.get('/console/webhooks')).body;
    expect(open(before)).toBe('9, 3 overdue, 2 on the wire');

    await some(1, `status = 'in_flight', claimed_until = now() - interval '1 second'`);
    const after = (await mira.get('/console/webhooks')).body;
    expect(open(after)).toBe('9, 3 overdue, 2 on the wire, 1 left lying');
    expect(leftLying(after) - leftLying(before)).toBe(1);
  });

  it('counts what lies at a deleted endpoint, which it does not list', async () => {
    const accountId = await api.newAccount();
    const { id } = await anEndpoint(api, await api.newKey({ accountId }));
    await someDeliveries(api.deps.pool, { accountId, status: 'pending' });
    const before = leftLying((await mira.get('/console/webhooks')).body);
    await api.deps.pool.query(
      `update webhook_endpoints set disabled_at = now(), disabled_reason = 'deleted' where id = $1`,
      [id!.slice('whk_'.length)],
    );
    const { body } = await mira.get('/console/webhooks');
    expect(leftLying(body) - before).toBe(1);
    expect(body).not.toContain(id);
  });
});

describe('the overview', () => {
  it('draws orders by day, time to paid, deliveries and revenue from the database', async () => {
    const { body } = await mira.get('/console');
    const today = new Date().toISOString().slice(5, 10);
    expect(body).toContain(`<title>${today}: 1 paid</title>`);
    expect(body).toContain('79.00 EUR</strong> <span class="quiet">1 paid order');
    expect(body).toContain('<title>&lt; 5 min: 1 paid orders</title>');
    expect(body).toMatch(/Time to paid: 00:0\d on average/);
    expect(body).toContain(`<title>${today}: 1 given up</title>`);
    expect(body).toContain('Webhook deliveries: 0.0 % accepted');
  });

  it('counts keys that came again, and those with another body', async () => {
    const keyed = (price_cents: number) =>
      api.call(merchant, 'POST', '/v1/billing/crypto-checkout', {
        body: { product: 'team_manual', price_cents, price_currency: 'USD' },
        headers: { 'idempotency-key': 'console' },
      });
    await keyed(4900);
    await keyed(5900);
    expect((await mira.get('/console')).body).toContain('1</strong> <span class="quiet">two purchases shared a key');
  });

  it('keeps test orders apart', async () => {
    const { body } = await mira.get('/console?mode=test');
    expect(body).toContain('data-fragment="/console/counters?mode=test"');
    expect(body).toContain(': 1 pending</title>');
    expect(body).not.toContain('EUR');
  });
});

describe('the queue of cases', () => {
  const cases = async (query = '') =>
    [...(await mira.get(`/console/cases${query}`)).body.matchAll(/<article [^>]*id="(case_[^"]+)"/g)].map(
      (each) => each[1],
    );
  let [small, large, foreign, old]: string[] = [];

  beforeAll(async () => {
    await api.deps.pool.query(
      `update support_cases set status = 'resolved', resolved_at = now(),
       resolution = '{"action":"decline","reason":"r","actor":"operator:jan","approved_by":null,"at":"2026-01-01T00:00:00Z"}'`,
    );
    const at = (minute: number) => ({ at: new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString() });
    const order = (price_cents: number) => ({ order: { price_cents } });
    small = (await anUnusualOrder(api, merchant, { ...at(1), actuallyPaid: '1.5' })).caseId;
    large = (await anUnusualOrder(api, merchant, { ...at(2), ...order(500_000), actuallyPaid: '49' })).caseId;
    foreign = (
      await anUnusualOrder(api, merchant, { ...at(3), kind: 'wrong_asset', payCurrency: 'btc', actuallyPaid: '9' })
    ).caseId;
    old = (await anUnusualOrder(api, merchant, { ...at(0), actuallyPaid: '20' })).caseId;
  });

  it('shows the oldest first, or the largest by its worth at the quote, with other coins last', async () => {
    expect(await cases()).toEqual([old, small, large, foreign]);
    expect(await cases('?sort=amount')).toEqual([large, old, small, foreign]);
  });

  it('can be narrowed by kind and status; what is no choice is no filter', async () => {
    expect(await cases('?kind=wrong_asset')).toEqual([foreign]);
    expect(await cases('?status=awaiting_approval')).toEqual([]);
    expect((await cases('?status=resolved')).length).toBeGreaterThan(0);
    expect(await cases('?status=x&kind=x&sort=x')).toEqual([old, small, large, foreign]);
  });

  it.each(['age', 'amount'])('by %s goes on by keyset without repeating or hiding any', async (sort) => {
    for (let opened = 0; opened < 25; opened++)
      await anUnusualOrder(api, merchant, { actuallyPaid: String(opened % 3) });
    const seen: (string | undefined)[] = [];
    let query = `?sort=${sort}`;
    for (let pages = 0; query && pages < 9; pages++) {
      const { body } = await mira.get(`/console/cases${query}`);
      seen.push(...[...body.matchAll(/<article [^>]*id="(case_[^"]+)"/g)].map((each) => each[1]));
      query = /href="\/console\/cases(\?[^"]*cursor=[^"]*)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    }
    const { rows } = await api.deps.pool.query('select count(*) as open from support_cases where resolved_at is null');
    expect(new Set(seen).size).toBe(rows[0].open);
    expect(seen).toHaveLength(rows[0].open);
  });
});

describe('the audit log', () => {
  const lines = async (query = '') =>
    [...(await mira.get(`/console/audit${query}`)).body.matchAll(/<span class="code">([a-z_]+\.[a-z_]+)<\/span>/g)].map(
      (each) => each[1],
    );

  it('shows the newest first, with actor, order, before and after', async () => {
    await mira.get(`/console/orders/${partial}`);
    await mira.submit(`/console/orders/${partial}/internal-note`, { internal_note: '<script>alert(1)</script>' });
    const { body } = await mira.get('/console/audit');
    expect((await lines())[0]).toBe('crypto_order.note_updated');
    expect(body).toContain(`<a href="/console/orders/${partial}">${partial}</a>`);
    expect(body).toContain('<bdi>mira</bdi>');
    expect(body).toContain('&lt;script>alert(1)');
    expect(body).not.toContain('<script>alert');
  });

  it('can be narrowed by action, person and order', async () => {
    expect(await lines('?action=operator.logged_in')).toEqual(['operator.logged_in']);
    expect(await lines('?actor=mira&order_id=')).toEqual(await lines('?actor=operator:mira'));
    expect(await lines(`?order_id=${partial}`)).toEqual(['crypto_order.note_updated', 'crypto_order.note_updated']);
    expect(await lines('?actor=nobody')).toEqual([]);
    expect(await lines(`?order_id=${encodeURIComponent("' or 1=1 --")}`)).toEqual([]);
  });

  it('goes on by keyset', async () => {
    for (let noted = 0; noted < 51; noted++) {
      await mira.submit(`/console/orders/${paid}/internal-note`, { internal_note: String(noted) });
    }
    const { body } = await mira.get(`/console/audit?order_id=${paid}`);
    const next = /href="\/console\/audit(\?[^"]*cursor=[^"]*)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(await lines(`?order_id=${paid}`)).toHaveLength(50);
    expect(await lines(next)).toHaveLength(1);
  });
});

it('every page keeps other sites, frames, caches and inline scripts out', async () => {
  const pages = [
    '',
    '/orders',
    `/orders/${partial}`,
    '/cases',
    '/webhooks',
    '/reconcile',
    '/audit',
    '/login',
    '/nothing',
  ];
  for (const page of pages) {
    const { headers } = await mira.get(`/console${page}`);
    const policy = String(headers['content-security-policy']);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "form-action 'self'",
      "base-uri 'none'",
    ]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-store, private');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
  }
});

it('moves the counters when an order moves', async () => {
  const { order_id: orderId } = await api.placed(merchant);
  const before = (await mira.get('/console/counters')).body;
  await moveOrder(api.deps.pool, orderId, { to: 'confirming' });
  const after = (await mira.get('/console/counters')).body;
  const version = (html: string) => /data-version="([^"]+)"/.exec(html)?.[1];
  expect(version(after)).not.toBe(version(before));
});
