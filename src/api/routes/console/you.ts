import { z } from 'zod';
import { inTransaction } from '../../../db/query.js';
import { hashPassword } from '../../../db/secrets/password.js';
import { createConsoleSession, endSessionOf, sessionsOf } from '../../../db/support/console-sessions.js';
import { setPasswordHash } from '../../../db/support/operators.js';
import { passwordFault } from '../../../domain/access/operator.js';
import { consoleYouPage } from '../../../web/console/people/console-you-page.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { auditOwn } from '../../console/audit-own.js';
import { formBasics } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { badRequest } from '../../http/problem.js';
import { createConsoleCookies, forConsole, sessionIn, visitOf } from '../../plugins/console-session.js';
import { text } from '../../schemas/text.js';

const plainForm = z.object(formBasics);
const passwordForm = z.object({ ...formBasics, password: text(0, 256) });
const sessionParams = z.object({ id: z.uuid() });
const here = '/console/you';

/** What belongs to who is logged in. Whatever would let another in is for who has just shown that it is him. */
export const consoleYouRoutes: Routes = (console, deps) => {
  const { pool } = deps;
  const cookies = createConsoleCookies(deps);
  const page = { config: forConsole('page'), schema: { hide: true } };
  const guarded = { ...forConsole('page'), confirmed: true } as const;

  console.get('/you', page, async (request, reply) => {
    const { id: sessionId, operator } = sessionIn(request);
    const sessions = await sessionsOf(pool, operator.id);
    const context = await consoleContext(deps, request, reply);
    return sendPage(reply, consoleYouPage({ context, sessions, sessionId, hasSecondFactor: operator.hasSecondFactor }));
  });

  console.post(
    '/you/sessions/:id/end',
    { config: forConsole('page'), schema: { hide: true, params: sessionParams, body: plainForm } },
    async (request, reply) => {
      const { operator } = sessionIn(request);
      await inTransaction(pool, async (db) => {
        if ((await endSessionOf(db, operator.id, request.params.id)) > 0)
          await auditOwn(db, request, 'operator.session_ended');
      });
      return backWith(reply, here, { tone: 'good', text: 'The session is ended.' });
    },
  );

  console.post(
    '/you/password',
    { config: guarded, schema: { hide: true, body: passwordForm } },
    async (request, reply) => {
      const { operator } = sessionIn(request);
      const { password } = request.body;
      const fault = passwordFault(password);
      if (fault !== null) throw badRequest(`The password: ${fault}.`);
      const passwordScrypt = await hashPassword(password);
      const session = await inTransaction(pool, async (db) => {
        await setPasswordHash(db, operator.id, passwordScrypt); // ends all sessions, this one too
        await auditOwn(db, request, 'operator.password_changed');
        return createConsoleSession(db, operator.id, visitOf(request));
      });
      cookies.startSession(reply, session);
      return backWith(reply, here, { tone: 'good', text: 'The password is changed. Your other sessions have ended.' });
    },
  );
};
