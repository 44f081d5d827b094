import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inTransaction } from '../../../db/query.js';
import { confirmSession } from '../../../db/support/console-sessions.js';
import { consoleConfirmPage } from '../../../web/console/people/console-second-factor-page.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { hasPassword } from '../../console/console-login.js';
import { auditOwn } from '../../console/audit-own.js';
import { consolePath } from '../../console/console-path.js';
import { createLoginLimit } from '../../console/login-limit.js';
import { showsSecondFactor } from '../../console/second-factor.js';
import { formBasics } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { forConsole, sessionIn } from '../../plugins/console-session.js';
import { text } from '../../schemas/text.js';

const confirmForm = z.object({
  ...formBasics,
  password: text(0, 256),
  code: text(0, 64).default(''),
  next: z.string().optional(),
});

/** To show again who one is, before what is dangerous. */
export const consoleConfirmRoutes: Routes = (console, deps) => {
  const { pool } = deps;
  const limit = createLoginLimit(deps);

  const confirmQuery = z.object({ next: z.string().optional() });
  console.get(
    '/confirm',
    { config: forConsole('page'), schema: { hide: true, querystring: confirmQuery } },
    async (request, reply) => {
      const next = consolePath(request.query.next ?? '') ?? '/console';
      const { hasSecondFactor } = sessionIn(request).operator;
      const context = await consoleContext(deps, request, reply);
      return sendPage(reply, consoleConfirmPage({ context, next, hasSecondFactor }));
    },
  );

  console.post(
    '/confirm',
    { config: forConsole('page'), schema: { hide: true, body: confirmForm } },
    async (request, reply) => {
      const { id, operator } = sessionIn(request);
      const { password, code, next } = request.body;
      const guesser = { address: request.ip, name: operator.name };
      const wait = await limit.take(guesser);
      const shown = wait === null ? await hasPassword(deps, operator.name, password) : 'busy';
      if (shown === 'busy') return again(request, reply, 'Too many attempts. Please wait a minute.');
      if (!shown || !(await showsSecondFactor(deps, operator, code))) {
        await inTransaction(pool, (db) => auditOwn(db, request, 'operator.confirmation_failed'));
        return again(request, reply, 'Password or code is wrong.');
      }
      await limit.forget(guesser);
      await confirmSession(pool, id);
      const notice = { tone: 'good', text: 'Confirmed. Now do again what you were about to do.' } as const;
      return backWith(reply, consolePath(next ?? '') ?? '/console', notice);
    },
  );
};

function again({ body }: FastifyRequest, reply: FastifyReply, words: string): FastifyReply {
  const { next = '/console' } = body as { next?: string };
  const query = new URLSearchParams({ next: consolePath(next) ?? '/console' });
  return backWith(reply, `/console/confirm?${query.toString()}`, { tone: 'stop', text: words });
}
