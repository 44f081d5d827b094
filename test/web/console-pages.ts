import { consoleAuditPage } from '../../src/web/console/console-audit-page.js';
import { consoleCasesPage } from '../../src/web/console/console-cases-page.js';
import { consoleLoginPage } from '../../src/web/console/console-login-page.js';
import { consoleOrderPage } from '../../src/web/console/console-order-page.js';
import { consoleOrdersPage } from '../../src/web/console/console-orders-page.js';
import { consoleOverviewPage } from '../../src/web/console/console-overview-page.js';
import { consoleProblemPage } from '../../src/web/console/console-problem-page.js';
import { consoleReconcilePage } from '../../src/web/console/console-reconcile-page.js';
import { consoleWebhooksPage } from '../../src/web/console/console-webhooks-page.js';
import { accountPages } from './console-account-pages.js';
import { peoplePages } from './console-people-pages.js';
import { cases, counters, overview, partialOrder, context as someContext } from './console-views.js';

const hostile = '"><svg onload=alert(1)>\u202e';
const accountId = partialOrder.order.accountId;

/** Every page of the console, with text in it that means harm. */
export const consolePages = consolePagesOf('Driftstack');

/** The same pages in an installation of that name. */
export function consolePagesOf(brandName: string): Readonly<Record<string, () => string>> {
  const context = { ...someContext, brandName };
  return {
    login: () =>
      consoleLoginPage({
        brandName,
        name: hostile,
        problem: 'wrong',
        next: '/console/orders',
        csrfToken: 'csrf-login',
      }),
    overview: () => consoleOverviewPage({ ...overview, context }),
    orders: () =>
      consoleOrdersPage({
        context,
        counters,
        filters: {
          status: 'partial',
          search: hostile,
          account_id: '',
          payment_id: '',
          livemode: '',
          created_after: '2026-11-01',
          created_before: '',
        },
        problem: null,
        orders: (['partial', 'paid', 'pending', 'failed', 'confirming', 'cancelled'] as const).map((status, index) => ({
          id: `ord_00000000000${index}`,
          accountId,
          accountName: hostile,
          mode: index === 2 ? 'test' : 'live',
          product: index === 1 ? hostile : 'team_manual',
          productName: index === 2 ? 'Team manual' : null,
          priceCents: 24900,
          priceCurrency: 'USD',
          status,
          payCurrency: index === 3 ? null : 'usdttrc20',
          customerReference: index === 0 ? 'invoice-2026-118' : null,
          createdAt: '2026-11-24T19:20:00.000Z',
          openCases: index === 0 ? 1 : 0,
        })),
        nextCursor: 'c1',
      }),
    order: () =>
      consoleOrderPage({
        ...partialOrder,
        context,
        order: { ...partialOrder.order, customerReference: hostile, metadata: { cart: 'A-77', note: hostile } },
      }),
    cases: () => consoleCasesPage({ context, filters: { status: '', kind: '', sort: 'age' }, cases, nextCursor: null }),
    webhooks: () =>
      consoleWebhooksPage({
        context: { ...context, notice: { tone: 'good', text: 'The delivery will be sent again.' } },
        endpoints: [
          {
            id: accountId,
            accountId,
            accountName: hostile,
            mode: 'live',
            url: 'https://shop.example/hooks/quittance',
            events: ['crypto.order.paid', 'crypto.order.failed'],
            active: true,
            consecutiveFailures: 0,
            lastSuccessAt: '2026-11-24T19:20:00.000Z',
            lastFailureAt: null,
            disabledReason: null,
            deliveryCounts: { delivered: 812, failed: 0, dlq: 1 },
            open: { all: 303, overdue: 299, onTheWire: 1, leftLying: 3 },
          },
        ],
        leftLying: 3,
        dead: partialOrder.deliveries.filter((delivery) => delivery.status === 'dlq'),
        nextCursor: null,
      }),
    reconcile: () =>
      consoleReconcilePage({
        context,
        runs: [
          {
            id: accountId,
            trigger: 'operator',
            dryRun: true,
            actor: 'operator:mira',
            examined: { no_workflow: 0, moved_at_provider: 50 },
            repaired: {},
            failed: { moved_at_provider: 1 },
            failures: [{ kind: 'moved_at_provider', id: hostile, message: hostile }],
            outcome: null,
            startedAt: '2026-11-24T19:40:00.000Z',
            finishedAt: null,
          },
          {
            id: accountId,
            trigger: 'schedule',
            dryRun: false,
            actor: null,
            examined: { no_workflow: 3, moved_at_provider: 47 },
            repaired: { no_workflow: 3 },
            failed: {},
            failures: [{ kind: 'late_money', id: null, message: 'heartbeat timeout' }],
            outcome: 'failed',
            startedAt: '2026-11-24T19:35:00.000Z',
            finishedAt: '2026-11-24T19:35:04.000Z',
          },
        ],
        nextCursor: null,
      }),
    problem: () => consoleProblemPage({ brandName, context, title: 'Not found', detail: hostile, requestId: 'r-1' }),
    audit: () =>
      consoleAuditPage({
        context,
        filters: { action: '', actor: hostile, order_id: '' },
        entries: [
          {
            id: accountId,
            at: '2026-11-24T19:40:00.000Z',
            actor: 'operator:mira',
            action: 'support_case.resolved',
            orderId: 'ord_0123456789ab',
            subject: null,
            reason: hostile,
            before: { status: 'partial' },
            after: { status: 'paid', note: hostile },
            result: 'ok',
          },
        ],
        nextCursor: null,
      }),
    ...peoplePages(context),
    ...accountPages(context),
  };
}
