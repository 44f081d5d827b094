import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { appendAudit } from '../../../db/support/audit-log.js';
import { createConsoleSession, endConsoleSession } from '../../../db/support/console-sessions.js';
import { findOperator, type OperatorRow } from '../../../db/support/operators.js';
import { inTransaction } from '../../../db/query.js';
import { operatorActor } from '../../../domain/access/operator.js';
import { consoleLoginPage, type ConsoleLoginView } from '../../../web/console/console-login-page.js';
import { sendPage } from '../../console/console-context.js';
import { operatorWith } from '../../console/console-login.js';
import { consolePath } from '../../console/console-path.js';
import type { AppDeps, Routes } from '../../deps.js';
import { createLoginLimit } from '../../console/login-limit.js';
import {
  createConsoleCookies,
  forConsole,
  refuseForeignSites,
  wrongToken,
  visitOf,
} from '../../plugins/console-session.js';
import { text } from '../../schemas/text.js';

const loginQuery = z.object({ next: z.string().optional(), expired: z.string().optional() });
const loginForm = z.object({
  csrf: z.string().default(''),
  name: text(0, 64),
  password: text(0, 256),
  code: text(0, 64).default(''),
  next: z.string().optional(),
});

export const consoleLoginRoutes: Routes = (app, deps) => {
  const { pool, log } = deps;
  const cookies = createConsoleCookies(deps);
  const limit = createLoginLimit(deps);

  app.get(
    '/login',
    { config: forConsole('login'), schema: { hide: true, querystring: loginQuery } },
    async (request, reply) => {
      const next = consolePath(request.query.next ?? '');
      if (request.consoleSession) return reply.redirect(next ?? '/console', 303);
      return loginPage(request, reply, { name: '', problem: request.query.expired ? 'expired' : null, next });
    },
  );

  app.post(
    '/login',
    { config: forConsole('login'), schema: { hide: true, body: loginForm } },
    async (request, reply) => {
      refuseForeignSites(request);
      const { csrf, password, code, ...form } = request.body;
      if (!cookies.isLoginToken(request, csrf)) throw wrongToken();
      const name = form.name.trim().toLowerCase();
      const next = consolePath(form.next ?? '');
      const guesser = { address: request.ip, name };
      const wait = await limit.take(guesser);
      const outcome = wait === null ? await operatorWith(deps, { name, password, code }) : 'busy';
      if (outcome === 'busy') {
        void reply.code(429).header('retry-after', wait ?? 5);
        return loginPage(request, reply, { name, problem: 'too_many', next });
      }
      if (outcome === 'wrong') {
        log.warn({ address: request.ip }, 'console: wrong name or password'); // not the name: it may be a password
        await auditWrongLogin(deps, guesser);
        void reply.code(401);
        return loginPage(request, reply, { name, problem: 'wrong', next });
      }
      await limit.forget(guesser);
      cookies.startSession(reply, await sessionOf(deps, outcome, request));
      return reply.redirect(next ?? '/console', 303);
    },
  );

  app.post('/logout', { config: forConsole('page'), schema: { hide: true } }, async (request, reply) => {
    const token = cookies.endSession(request, reply);
    if (token) await endConsoleSession(pool, token);
    return reply.redirect('/console/login', 303);
  });

  function loginPage(
    request: FastifyRequest,
    reply: FastifyReply,
    view: Omit<ConsoleLoginView, 'brandName' | 'csrfToken'>,
  ) {
    const { brandName } = deps.settings;
    return sendPage(reply, consoleLoginPage({ ...view, brandName, csrfToken: cookies.loginToken(request, reply) }));
  }
};

function sessionOf({ pool }: AppDeps, operator: OperatorRow, request: FastifyRequest) {
  return inTransaction(pool, async (db) => {
    const session = await createConsoleSession(db, operator.id, visitOf(request));
    const actor = operatorActor(operator.name);
    await appendAudit(db, { actor, action: 'operator.logged_in', accountId: null, subject: actor });
    return session;
  });
}

/** That somebody tried to come in. Under which name only where it is an operator's: else it may be a password. */
async function auditWrongLogin({ pool }: AppDeps, { name, address }: { name: string; address: string }): Promise<void> {
  const known = await findOperator(pool, name);
  const subject = known && operatorActor(known.name);
  const entry = { actor: 'console', action: 'operator.login_failed', accountId: null, subject };
  await inTransaction(pool, (db) => appendAudit(db, { ...entry, after: { address }, result: 'refused: wrong' }));
}
