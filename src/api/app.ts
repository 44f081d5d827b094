import Fastify, { LogController } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { randomUUID } from 'node:crypto';
import type { App, AppDeps, Routes } from './deps.js';
import { exactJson } from '../domain/told/exact-json.js';
import { guardAdminDoor } from './plugins/admin-door.js';
import { setAnswerHeaders } from './plugins/answer-headers.js';
import { authenticate } from './plugins/auth.js';
import { repeatKeyedCalls } from './plugins/keyed-calls.js';
import { limitPages } from './plugins/page-limit.js';
import { describeRoutes, servePages } from './plugins/openapi.js';
import { answerProblems, answerUnreadable, endWith, sendProblem } from './plugins/problems.js';
import { queryOf, refuseAmbiguity } from './plugins/strict-input.js';
import { Problem, badRequest } from './http/problem.js';
import { checkoutRoutes } from './routes/billing/crypto-checkout.js';
import { profileRoutes } from './routes/account/profile.js';
import { bookRoutes } from './routes/billing/books.js';
import { productRoutes } from './routes/account/products.js';
import { coinRoutes } from './routes/billing/coins.js';
import { orderRoutes } from './routes/billing/crypto-orders.js';
import { receiptRoutes } from './routes/billing/crypto-order-receipts.js';
import { accountRoutes } from './routes/admin/accounts.js';
import { adminProfileRoutes } from './routes/admin/account-profile.js';
import { adminProductRoutes } from './routes/admin/account-products.js';
import { apiKeyRoutes } from './routes/admin/api-keys.js';
import { policyRoutes } from './routes/admin/policies.js';
import { credentialRoutes } from './routes/admin/provider-credentials.js';
import { supportCaseRoutes } from './routes/admin/support-cases.js';
import { brandRoutes } from './routes/brand.js';
import { payRoutes } from './routes/pay.js';
import { consoleRoutes } from './routes/console.js';
import { healthRoutes } from './routes/health.js';
import { testClockRoutes } from './routes/test-clock.js';
import { receiptKeyRoutes } from './routes/receipt-keys.js';
import { staticFileRoutes } from './routes/static-files.js';
import { applyIpnRoutes } from './routes/admin/apply-ipn.js';
import { adminAuditRoutes } from './routes/admin/audit-log.js';
import { adminReportRoutes } from './routes/admin/crypto-order-reports.js';
import { adminBookRoutes } from './routes/admin/books.js';
import { adminCsvRoutes } from './routes/admin/crypto-orders-csv.js';
import { adminOrderRoutes } from './routes/admin/crypto-orders.js';
import { approvalRoutes } from './routes/admin/approvals.js';
import { adminReconcileRoutes } from './routes/admin/reconcile.js';
import { sweepRoutes } from './routes/admin/sweep-expired.js';
import { adminDeliveryRoutes } from './routes/admin/webhook-deliveries.js';
import { deliveryRoutes } from './routes/webhooks/deliveries.js';
import { endpointChangeRoutes } from './routes/webhooks/endpoint-changes.js';
import { eventRoutes } from './routes/webhooks/events.js';
import { endpointRoutes } from './routes/webhooks/endpoints.js';
import { ipnRoutes } from './routes/webhooks/nowpayments.js';

/** What merchants, payers and the provider need. */
const publicRoutes: readonly Routes[] = [
  healthRoutes,
  checkoutRoutes,
  orderRoutes,
  coinRoutes,
  testClockRoutes,
  receiptRoutes,
  bookRoutes,
  profileRoutes,
  productRoutes,
  ipnRoutes,
  endpointRoutes,
  endpointChangeRoutes,
  deliveryRoutes,
  eventRoutes,
  staticFileRoutes,
  brandRoutes,
  payRoutes,
  receiptKeyRoutes,
];

/** What only operators need: with `servePages`, all that an address of their own takes away from the public one. */
const operatorRoutes: readonly Routes[] = [
  adminDeliveryRoutes,
  consoleRoutes,
  adminOrderRoutes,
  adminCsvRoutes,
  adminBookRoutes,
  adminReportRoutes,
  applyIpnRoutes,
  sweepRoutes,
  adminReconcileRoutes,
  approvalRoutes,
  adminAuditRoutes,
  supportCaseRoutes,
  accountRoutes,
  adminProfileRoutes,
  adminProductRoutes,
  credentialRoutes,
  apiKeyRoutes,
  policyRoutes,
];

/**
 * Whom an address is for. `all`: everybody, where there is one address only. Of two, `public` knows no operators' routes at
 * all, so that no spelling of a path finds one, and `admin` has everything, for those who may come in.
 */
export type Door = 'all' | 'public' | 'admin';

function neverBuilt(): never {
  throw new Error('invariant broken: the compilers of Fastify itself are asked for');
}

/** The whole HTTP surface, as far as the door is for it. Opens no port. */
export async function createApp(deps: AppDeps, door: Door = 'all'): Promise<App> {
  const hasOperators = door !== 'public';
  const app = Fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }), // one line of our own, without paths and bodies
    childLoggerFactory: (log) => log, // one for each request would be made for nothing: ours name the request themselves
    genReqId: () => randomUUID(),
    bodyLimit: 64 * 1024,
    requestTimeout: 15_000,
    keepAliveTimeout: 5_000,
    http: { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
    trustProxy: deps.settings.trustedProxies.length > 0 ? [...deps.settings.trustedProxies] : false,
    routerOptions: { maxParamLength: 16_384, querystringParser: queryOf },
    // Ours are set below. Without these Fastify would load Ajv and what belongs to it, a tenth of the start.
    schemaController: { compilersFactory: { buildValidator: neverBuilt, buildSerializer: neverBuilt } },
    return503OnClosing: false, // who comes while we stop is still served
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (failure, request, reply) => void sendProblem(request, reply, badRequest(failure.message)),
  }).withTypeProvider<ZodTypeProvider>();
  app.server.maxConnections = 1_000 + deps.settings.maxLiveStreams;
  app.server.maxHeadersCount = 0; // we count them ourselves: Node would drop what is too much
  app.server.on('connect', (_request, socket) => endWith(socket, badRequest('CONNECT is not served here.')));
  app.server.on('checkExpectation', (_request, answer) => {
    const socket = answer.socket;
    if (socket) endWith(socket, new Problem('expectation-failed', 'Of the header Expect, only 100-continue is known.'));
  });
  app.setSerializerCompiler(() => exactJson);

  await describeRoutes(app);
  setAnswerHeaders(app, deps);
  if (door === 'admin') guardAdminDoor(app, deps);
  refuseAmbiguity(app);
  answerProblems(app);
  limitPages(app, deps);
  authenticate(app, deps);
  repeatKeyedCalls(app, deps);
  for (const add of [...publicRoutes, ...(hasOperators ? operatorRoutes : [])]) add(app, deps);
  if (hasOperators) await servePages(app);
  return app;
}
