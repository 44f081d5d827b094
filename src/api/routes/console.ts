import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import { purposeKey } from '../../db/secrets/seal.js';
import type { Routes } from '../deps.js';
import { answerWithPages } from '../plugins/console-problems.js';
import { requireSession } from '../plugins/console-session.js';
import { queryOf } from '../plugins/strict-input.js';
import { consoleAccountRoutes } from './console/accounts.js';
import { consoleCredentialRoutes } from './console/credentials.js';
import { consoleProductRoutes } from './console/products.js';
import { consoleProfileRoutes } from './console/profile.js';
import { consolePolicyRoutes } from './console/policy.js';
import { consoleKeyRoutes } from './console/keys.js';
import { consoleApprovalRoutes } from './console/approvals.js';
import { consoleOperatorRoutes } from './console/operators.js';
import { consoleConfirmRoutes } from './console/confirm.js';
import { consoleSecondFactorRoutes } from './console/second-factor.js';
import { consoleYouRoutes } from './console/you.js';
import { consoleAuditRoutes } from './console/audit.js';
import { consoleCaseRoutes } from './console/cases.js';
import { consoleLoginRoutes } from './console/login.js';
import { consoleOrderRoutes } from './console/order.js';
import { consoleOrdersRoutes } from './console/orders.js';
import { consoleOverviewRoutes } from './console/overview.js';
import { consoleReconcileRoutes } from './console/reconcile.js';
import { consoleWebhookRoutes } from './console/webhooks.js';

const pages: readonly Routes[] = [
  consoleLoginRoutes,
  consoleYouRoutes,
  consoleSecondFactorRoutes,
  consoleConfirmRoutes,
  consoleAccountRoutes,
  consoleCredentialRoutes,
  consoleProfileRoutes,
  consoleProductRoutes,
  consolePolicyRoutes,
  consoleKeyRoutes,
  consoleApprovalRoutes,
  consoleOperatorRoutes,
  consoleOrderRoutes,
  consoleCaseRoutes,
  consoleWebhookRoutes,
  consoleOverviewRoutes,
  consoleOrdersRoutes,
  consoleReconcileRoutes,
  consoleAuditRoutes,
];

/** The support console: pages for named people, with a session instead of an API key. */
export const consoleRoutes: Routes = (app, deps) => {
  void app.register(
    async (scope) => {
      await scope.register(cookie, {
        secret: purposeKey(deps.keyring, 'console-cookies').toString('base64'),
        parseOptions: { secure: deps.settings.production }, // of every cookie, whoever sets one
      });
      scope.removeAllContentTypeParsers();
      await scope.register(formbody, { parser: queryOf });
      requireSession(scope, deps);
      answerWithPages(scope, deps);
      scope.addHook('onSend', async (_request, reply) => {
        if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store, private');
      });
      for (const add of pages) add(scope, deps);
    },
    { prefix: '/console' },
  );
};
