import { subscribe } from 'node:diagnostics_channel';
import type { Scope } from '../../src/domain/access/scopes.js';

export interface Route {
  readonly method: string;
  readonly url: string;
}

/** Every route of each application that is made from here on: from Fastify itself, so that none can be forgotten. */
export function recordRoutes(): Route[] {
  const routes: Route[] = [];
  subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: { addHook(name: 'onRoute', hook: (route: Added) => void): void } };
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) routes.push({ method: each, url });
    });
  });
  return routes;
}

interface Added {
  readonly method: string | string[];
  readonly url: string;
}

/** Who may call: nobody needs a key, or any of these scopes; `console` asks for a session and no key opens it. */
export type Expectation = 'public' | 'console' | readonly Scope[];

const quote = ['write', 'account_owner', 'read', 'read:billing'] as const;
const readOrders = quote;
const writeOrders = ['write', 'account_owner', 'admin:billing', 'admin'] as const;
const readWebhooks = ['write', 'account_owner', 'read', 'read:webhooks'] as const;
const writeWebhooks = ['write', 'account_owner', 'admin'] as const;
const readAccount = ['write', 'account_owner', 'read', 'read:billing'] as const;
const writeAccount = writeWebhooks;
const operators = <Right extends Scope>(right: Right) => [right, 'driftstack_internal_admin'] as const;
const [reading, deciding] = [operators('operator:read'), operators('operator:support')];
const [accounts, keys] = [operators('operator:accounts'), operators('operator:keys')];
const [credentials, policies] = [operators('operator:credentials'), operators('operator:policies')];
const approving = [
  ...(['operator:support', 'operator:keys', 'operator:credentials', 'operator:policies'] as const),
  'driftstack_internal_admin',
] as const;
const operating = operators('operator:operations');
const applyIpn = ['write', 'account_owner', ...deciding] as const;

/** The contract, route by route. What is not here is denied to all, and fails the test until it is. */
export const expectations: Readonly<Record<string, Expectation>> = {
  'POST /v1/billing/crypto-checkout': writeOrders,
  'POST /v1/billing/crypto-checkout/quote': quote,
  'GET /v1/billing/crypto-orders': readOrders,
  'GET /v1/billing/crypto-orders/:order_id': readOrders,
  'PATCH /v1/billing/crypto-orders/:order_id': writeOrders,
  'POST /v1/billing/crypto-orders/:order_id/cancel': writeOrders,
  'POST /v1/billing/crypto-orders/:order_id/coin': writeOrders,
  'POST /v1/test/orders/:order_id/advance': ['write', 'account_owner'],
  'GET /v1/billing/coins': quote,
  'GET /v1/billing/receipts.csv': readOrders,
  'GET /v1/billing/movements.csv': readOrders,
  'GET /v1/billing/crypto-orders/:order_id/receipt': readOrders,
  'GET /v1/billing/crypto-orders/:order_id/receipt.txt': readOrders,
  'GET /v1/billing/crypto-orders/:order_id/receipt.pdf': readOrders,

  'POST /v1/webhooks': writeWebhooks,
  'GET /v1/webhooks': readWebhooks,
  'GET /v1/webhooks/:id': readWebhooks,
  'PATCH /v1/webhooks/:id': writeWebhooks,
  'DELETE /v1/webhooks/:id': writeWebhooks,
  'POST /v1/webhooks/:id/rotate-secret': writeWebhooks,
  'POST /v1/webhooks/:id/test': writeWebhooks,
  'GET /v1/webhooks/:id/deliveries': readWebhooks,
  'POST /v1/webhooks/:id/replay': writeWebhooks,
  'POST /v1/webhook-deliveries/:id/replay': writeWebhooks,
  'GET /v1/webhook-events': readWebhooks,

  'GET /v1/account/profile': readAccount,
  'PATCH /v1/account/profile': writeAccount,
  'GET /v1/account/products': readAccount,
  'PUT /v1/account/products': writeAccount,

  'GET /v1/admin/crypto-orders': reading,
  'GET /v1/admin/crypto-orders.csv': reading,
  'GET /v1/admin/receipts.csv': reading,
  'GET /v1/admin/movements.csv': reading,
  'GET /v1/admin/crypto-orders/stats': reading,
  'GET /v1/admin/crypto-orders/daily': reading,
  'GET /v1/admin/crypto-orders/pending-age': reading,
  'GET /v1/admin/crypto-orders/idempotency-metrics': reading,
  'GET /v1/admin/crypto-orders/:id': reading,
  'GET /v1/admin/crypto-orders/:id/events': reading,
  'PATCH /v1/admin/crypto-orders/:id/internal-note': deciding,
  'POST /v1/admin/crypto-orders/:id/apply-ipn': applyIpn,
  'POST /v1/admin/crypto-orders/sweep-expired': operating,
  'GET /v1/admin/webhook-deliveries/:id': reading,
  'POST /v1/admin/webhook-deliveries/:id/replay': operating,
  'GET /v1/admin/webhook-dlq': reading,
  'POST /v1/admin/webhook-dlq/:id/requeue': operating,
  'POST /v1/admin/webhook-dlq/:id/discard': operating,
  'GET /v1/admin/support-cases': reading,
  'GET /v1/admin/support-cases/:id': reading,
  'POST /v1/admin/support-cases/:id/resolve': deciding,
  'POST /v1/admin/reconcile': operating,
  'GET /v1/admin/reconcile-runs': reading,
  'GET /v1/admin/approvals': reading,
  'POST /v1/admin/approvals/:id/approve': approving,
  'POST /v1/admin/approvals/:id/decline': approving,
  'GET /v1/admin/audit-log': reading,
  'POST /v1/admin/accounts': accounts,
  'GET /v1/admin/accounts': reading,
  'GET /v1/admin/accounts/:id': reading,
  'PATCH /v1/admin/accounts/:id': accounts,
  'GET /v1/admin/accounts/:id/profile': reading,
  'PATCH /v1/admin/accounts/:id/profile': accounts,
  'GET /v1/admin/accounts/:id/products': reading,
  'PUT /v1/admin/accounts/:id/products': accounts,
  'PUT /v1/admin/accounts/:id/provider-credentials': credentials,
  'GET /v1/admin/accounts/:id/policy': reading,
  'PUT /v1/admin/accounts/:id/policy': policies,
  'POST /v1/admin/accounts/:id/policy/dry-run': policies,
  'POST /v1/admin/api-keys': keys,
  'GET /v1/admin/api-keys': reading,
  'DELETE /v1/admin/api-keys/:id': keys,

  'POST /v1/webhooks/nowpayments': 'public',
  'POST /v1/webhooks/nowpayments/:account_id': 'public',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /openapi.json': 'public',
  'GET /.well-known/quittance-receipts.json': 'public',
  'GET /static/:name': 'public',
  'GET /brand/:name': 'public',
  'GET /pay/:token': 'public',
  'GET /pay/:token/status': 'public',
  'GET /pay/:token/events': 'public',
  'POST /pay/:token/coin': 'public',
  'GET /pay/:token/receipt.pdf': 'public',
  'GET /console/login': 'public',
  'POST /console/login': 'public',
};

/** What no test key opens, whatever its scopes: live orders depend on it. */
export const forLiveKeys: readonly string[] = [
  ...['POST /v1/admin/accounts', 'PATCH /v1/admin/accounts/:id', 'PUT /v1/admin/accounts/:id/policy'],
  'PATCH /v1/admin/accounts/:id/profile',
  ...['PUT /v1/account/products', 'PUT /v1/admin/accounts/:id/products'],
  ...['POST /v1/admin/reconcile', 'GET /v1/admin/reconcile-runs', 'GET /v1/admin/audit-log'],
  ...['GET /v1/admin/approvals', 'POST /v1/admin/approvals/:id/approve', 'POST /v1/admin/approvals/:id/decline'],
];

/** What a route is expected to ask for; undefined: nobody said, so it must not exist. */
export function expectedOf({ method, url }: Route): Expectation | undefined {
  const named = expectations[`${method === 'HEAD' ? 'GET' : method} ${url}`];
  if (named) return named;
  if (/^\/console(\/|$)/.test(url)) return 'console';
  return /^\/docs(\/|$)/.test(url) && (method === 'GET' || method === 'HEAD') ? 'public' : undefined;
}

/** A customer's routes with an id: how each is called on what belongs to somebody else. */
export const onForeign: Readonly<Record<string, object | null>> = {
  'GET /v1/billing/crypto-orders/:order_id': null,
  'PATCH /v1/billing/crypto-orders/:order_id': { customer_note: 'mine' },
  'POST /v1/billing/crypto-orders/:order_id/cancel': null,
  'POST /v1/billing/crypto-orders/:order_id/coin': { pay_currency: 'btc' },
  'POST /v1/test/orders/:order_id/advance': null,
  'GET /v1/billing/crypto-orders/:order_id/receipt': null,
  'GET /v1/billing/crypto-orders/:order_id/receipt.txt': null,
  'GET /v1/billing/crypto-orders/:order_id/receipt.pdf': null,
  'GET /v1/webhooks/:id': null,
  'PATCH /v1/webhooks/:id': { active: false },
  'DELETE /v1/webhooks/:id': null,
  'POST /v1/webhooks/:id/rotate-secret': null,
  'POST /v1/webhooks/:id/test': null,
  'GET /v1/webhooks/:id/deliveries': null,
  'POST /v1/webhooks/:id/replay': { since: '2026-01-01T00:00:00Z' },
  'POST /v1/webhook-deliveries/:id/replay': null,
  'POST /v1/admin/crypto-orders/:id/apply-ipn': { provider_status: 'finished', payment_id: '1' },
};
