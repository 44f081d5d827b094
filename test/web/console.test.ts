import { describe, expect, it } from 'vitest';
import { explorerUrl } from '../../src/web/coins.js';
import { StackedBars } from '../../src/web/console/charts.js';
import { consoleAuditPage } from '../../src/web/console/console-audit-page.js';
import type { ConsoleCase } from '../../src/web/console/console-case-view.js';
import { consoleCasesPage } from '../../src/web/console/console-cases-page.js';
import { consoleCounters } from '../../src/web/console/console-counters.js';
import { consoleOrderPage } from '../../src/web/console/console-order-page.js';
import { consolePage, withQuery } from '../../src/web/console/console-frame.js';
import { htmlFragment } from '../../src/web/layout.js';
import { consolePages } from './console-pages.js';
import { context, counters, overview, partialOrder, underpaid } from './console-views.js';
import { consoleOverviewPage } from '../../src/web/console/console-overview-page.js';

const caseHtml = (one: Partial<ConsoleCase>, operator: Partial<typeof context.operator> = {}): string =>
  consoleCasesPage({
    context: { ...context, operator: { ...context.operator, ...operator } },
    filters: { status: '', kind: '', sort: 'age' },
    cases: [{ ...underpaid, ...one }],
    nextCursor: null,
  });
const offered = (html: string): string[] =>
  [...html.matchAll(/name="action" value="(\w+)"/g)].map((match) => match[1] ?? '');

describe.each(Object.entries(consolePages))('the console page %s', (_, render) => {
  it('escapes what came from outside and drops bidi marks', () => {
    expect(render()).not.toContain('<svg onload');
    expect(render()).not.toMatch(/<bdi>[^<]*\u202e/);
  });

  it('has no inline script, style or handler', () => {
    expect(render().replace(/>[^<]*</g, '><')).not.toMatch(/<[^>"]*(?:"[^"]*"[^>"]*)*\s(style|on\w+)=/);
    expect(render()).not.toContain('<style');
  });

  it('carries the token in every form that changes something', () => {
    const forms = render().match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? [];
    expect(forms.length).toBeGreaterThan(0);
    for (const form of forms) expect(form).toMatch(/<input type="hidden" name="csrf" value="csrf-\w+"/);
  });
});

describe('every page of the console', () => {
  it('says which version runs', () => {
    expect(consolePage({ context, section: null, title: 'Any', children: null })).toMatch(
      /<footer[^>]*>Version 7\.8\.9</,
    );
  });
});

describe('the page of an order', () => {
  it('says whose pair of credentials mints for its account, and so whose wallet gets the coins', () => {
    const whose = (mintsWith: 'own' | 'installation' | 'stub') =>
      consoleOrderPage({ ...partialOrder, account: { name: 'Shop', mintsWith } });
    expect(whose('own')).toContain('its own pair: coins go to its own wallet');
    expect(whose('installation')).toContain('the installation’s pair: coins go to the installation’s wallet');
    expect(whose('stub')).toContain('nobody’s pair: its orders get no address');
  });
});

describe('what support may do with a case', () => {
  it('is what the table allows for the order', () => {
    expect(offered(caseHtml({ orderStatus: 'partial' }))).toEqual(['honour', 'decline', 'note']);
    expect(offered(caseHtml({ kind: 'late_payment', orderStatus: 'failed' }))).toEqual(['honour', 'decline', 'note']);
    expect(offered(caseHtml({ kind: 'overpaid', orderStatus: 'paid' }))).toEqual(['decline', 'note']);
    expect(offered(caseHtml({ kind: 'mint_failed', orderStatus: 'failed' }))).toEqual(['decline', 'note']);
  });

  it('never honours money that names no order', () => {
    expect(offered(caseHtml({ kind: 'orphan_payment', orderId: null, orderStatus: null }))).toEqual([
      'decline',
      'note',
    ]);
  });

  it('is nothing once it is resolved, and nothing for who may only read', () => {
    const resolution = {
      action: 'decline',
      reason: 'r',
      actor: 'jan',
      approvedBy: 'operator:mira',
      at: '2026-11-24T19:00:00.000Z',
    };
    const html = caseHtml({ status: 'resolved', resolution });
    expect(offered(html)).toEqual([]);
    expect(html).toContain('approved by mira');
    expect(offered(caseHtml({}, { role: 'read_only' }))).toEqual([]);
  });

  it('leaves the approval of a proposal to somebody else', () => {
    const proposal = { status: 'awaiting_approval', proposedBy: 'operator:mira', proposedReason: 'seen' } as const;
    expect(offered(caseHtml(proposal))).toEqual(['decline', 'note']);
    expect(offered(caseHtml(proposal, { name: 'jan' }))).toEqual(['honour', 'decline', 'note']);
  });

  it('needs a reason and decides once however often it is pressed', () => {
    const html = caseHtml({});
    expect(html).toMatch(/<textarea[^>]*name="reason"[^>]*required/);
    expect(html).toContain('name="decision_id" value="33333333-3333-4333-8333-333333333333"');
    expect(html).toContain('action="/console/cases/case_22222222-2222-4222-8222-222222222222/resolve"');
  });
});

describe('the page of an order', () => {
  it('shows timeline, deposits, evidence, deliveries and the links elsewhere', () => {
    const html = consoleOrderPage(partialOrder);
    expect(html).toContain('told by the provider');
    expect(html).toContain('200.000000');
    expect(html).toContain('Evidence (1 fact, 1 notification)');
    expect(html).toContain('crypto.order.partial');
    expect(html).toContain('href="https://tronscan.org/#/address/TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf"');
    expect(html).toContain('/workflows/crypto-order%2Ford_0123456789ab"');
  });

  it('offers resend, and to an admin discard for a dead delivery', () => {
    const support = consoleOrderPage(partialOrder);
    expect(support.match(/\/replay"/g)).toHaveLength(2);
    expect(support).not.toContain('/discard"');
    const admin = { ...context, operator: { name: 'ada', role: 'admin' as const } };
    expect(consoleOrderPage({ ...partialOrder, context: admin }).match(/\/discard"/g)).toHaveLength(1);
  });

  it('changes nothing for who may only read', () => {
    const reader = { ...context, operator: { name: 'rea', role: 'read_only' as const } };
    const html = consoleOrderPage({ ...partialOrder, context: reader });
    expect([...html.matchAll(/method="post" action="([^"]*)"/g)].map((match) => match[1])).toEqual(['/console/logout']);
  });

  it('says loudly when the stored address was changed', () => {
    expect(consoleOrderPage({ ...partialOrder, isAddressIntact: false })).toContain('withheld from the payer');
  });
});

describe('the audit log', () => {
  it('says what differs, and nothing of what stayed', () => {
    const html = consoleAuditPage({
      context,
      filters: { action: '', actor: '', order_id: '' },
      entries: [
        {
          id: '1',
          at: context.nowIso,
          actor: 'operator:mira',
          action: 'x.y',
          orderId: null,
          subject: null,
          reason: null,
          before: { status: 'partial', version: 3, gone: 'a', note: '<b>' },
          after: { status: 'paid', version: 3, new: { deep: [1] }, note: null },
          result: 'ok',
        },
      ],
      nextCursor: null,
    });
    const text = html.slice(html.indexOf('class="change"')).replace(/<[^>]+>/g, '');
    expect(text).toContain('status: partial → paid');
    expect(text).toContain('gone: a → gone');
    expect(text).toContain('new: {&quot;deep&quot;:[1]}');
    expect(text).toContain('note: &lt;b> → none');
    expect(text).not.toContain('version');
  });
});

describe('counters and charts', () => {
  it('mark the counters by their numbers, so that only news is swapped in', () => {
    expect(consoleCounters(counters)).toContain('data-version="41.7.2.1289.112.18.3.1"');
  });

  it('draw bars in proportion and write the numbers beside them', () => {
    const html = htmlFragment(
      StackedBars({
        title: 'T',
        keys: [{ key: 'a', label: 'A', tone: 's-paid' }],
        bars: [
          { label: 'x', counts: { a: 4 } },
          { label: 'y', counts: { a: 1 } },
        ],
      }),
    );
    expect([...html.matchAll(/height="([\d.]+)"><title>/g)].map((match) => Number(match[1]))).toEqual([166, 41.5]);
    expect(html).toContain('y: 1 A');
    expect(html).toContain('<td class="number">4</td>');
  });

  it('survive having nothing to draw', () => {
    const nothing = { ...overview, daily: [], timeToPaid: [], averageTimeToPaidMs: null, revenue: [], webhooks: [] };
    const html = consoleOverviewPage(nothing);
    expect(html).toContain('Time to paid');
    expect(html).not.toMatch(/NaN|Infinity/);
  });

  it('count the checkouts whose key came with another body', () => {
    const html = consoleOverviewPage(overview);
    expect(html).toContain('12,480</strong>');
    expect(html).toContain('2</strong> <span class="quiet">two purchases shared a key: look why');
    const none = { ...overview, keys: { firstWrites: 0, replays: 0, bodyMismatches: 0 } };
    expect(consoleOverviewPage(none)).toContain('0</strong> <span class="quiet">as it should be');
  });

  it('group thousands of revenue and keep the currency’s decimals', () => {
    const html = consoleOverviewPage(overview);
    expect(html).toContain('248,123.00 USD');
    expect(html).toContain('108,000 JPY');
  });
});

describe('links', () => {
  it('keep the filters that are set', () => {
    expect(withQuery('/console/orders', { status: 'paid', search: 'a&b', cursor: null, kind: '' })).toBe(
      '/console/orders?status=paid&search=a%26b',
    );
  });

  it('lead to a block explorer where one is known', () => {
    expect(explorerUrl('btc', 'bc1q/../x')).toBe('https://mempool.space/address/bc1q%2F..%2Fx');
    expect(explorerUrl('constructor', 'x')).toBeNull();
    expect(explorerUrl(null, 'x')).toBeNull();
  });
});
