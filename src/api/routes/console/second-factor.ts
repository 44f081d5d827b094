import { z } from 'zod';
import { inTransaction } from '../../../db/query.js';
import { endOtherSessions } from '../../../db/support/console-sessions.js';
import { removeSecondFactor, setSecondFactor } from '../../../db/support/second-factors.js';
import {
  consoleRecoveryCodesPage,
  consoleSecondFactorPage,
} from '../../../web/console/people/console-second-factor-page.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { auditOwn } from '../../console/audit-own.js';
import { newRecoveryCodes, newTotpSecret, stepOf, totpUri } from '../../console/second-factor.js';
import { formBasics } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { badRequest } from '../../http/problem.js';
import { forConsole, sessionIn } from '../../plugins/console-session.js';
import { text } from '../../schemas/text.js';

const plainForm = z.object(formBasics);
const factorForm = z.object({ ...formBasics, secret: z.string().regex(/^[A-Z2-7]{32}$/), code: text(0, 64) });
const here = '/console/you';

/** The second factor of who is logged in: a code of his telephone, or one for the day on which that is gone. */
export const consoleSecondFactorRoutes: Routes = (console, deps) => {
  const { pool, keyring, settings, nowMs } = deps;
  const page = { config: forConsole('page'), schema: { hide: true } };
  const guarded = { ...forConsole('page'), confirmed: true } as const;

  console.get('/you/second-factor', page, async (request, reply) => {
    const secret = newTotpSecret();
    const uri = totpUri(secret, { issuer: settings.brandName, label: sessionIn(request).operator.name });
    return sendPage(
      reply,
      consoleSecondFactorPage({ context: await consoleContext(deps, request, reply), secret, uri }),
    );
  });

  console.post(
    '/you/second-factor',
    { config: guarded, schema: { hide: true, body: factorForm } },
    async (request, reply) => {
      const { id: sessionId, operator } = sessionIn(request);
      const { secret, code } = request.body;
      const step = stepOf(secret, code, nowMs());
      if (step === null) throw badRequest('The code does not fit. Here is another secret: read it, and try its code.');
      const recoveryCodes = newRecoveryCodes();
      await inTransaction(pool, async (db) => {
        await setSecondFactor(db, keyring, operator.id, { secret, step, recoveryCodes });
        await endOtherSessions(db, operator.id, sessionId);
        await auditOwn(db, request, 'operator.second_factor_set');
      });
      return sendPage(reply, consoleRecoveryCodesPage(await consoleContext(deps, request, reply), recoveryCodes));
    },
  );

  console.post(
    '/you/second-factor/remove',
    { config: guarded, schema: { hide: true, body: plainForm } },
    async (request, reply) => {
      await inTransaction(pool, async (db) => {
        await removeSecondFactor(db, sessionIn(request).operator.id);
        await auditOwn(db, request, 'operator.second_factor_removed');
      });
      return backWith(reply, here, { tone: 'good', text: 'No code is asked for any more.' });
    },
  );
};
