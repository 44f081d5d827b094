import { z } from 'zod';
import { listOperators } from '../../../db/support/operators.js';
import { isOperatorName, operatorChanges, operatorRoles } from '../../../domain/access/operator.js';
import { consoleOperatorsPage } from '../../../web/console/people/console-operators-page.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { formBasics } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { badRequest } from '../../http/problem.js';
import { changeOperator } from '../../operators/change-operator.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';

const here = '/console/operators';
const changeForm = z.object({
  ...formBasics,
  name: z.string().transform((name) => name.trim()),
  role: z.enum(operatorRoles),
  change: z.enum(operatorChanges),
});

/** Who may use the console. A drawn password is shown once, on the page that answers the form. */
export const consoleOperatorRoutes: Routes = (console, deps) => {
  console.get('/operators', { config: forConsole('page'), schema: { hide: true } }, async (request, reply) => {
    const context = await consoleContext(deps, request, reply);
    return sendPage(reply, consoleOperatorsPage({ context, operators: await listOperators(deps.pool), drawn: null }));
  });

  console.post(
    '/operators',
    { config: { ...forConsole('operator:change'), confirmed: true }, schema: { hide: true, body: changeForm } },
    async (request, reply) => {
      const { name, role, change } = request.body;
      if (!isOperatorName(name)) throw badRequest('A name is 2 to 64 of a-z, 0-9, dot, dash and underscore.');
      const wanted = { change, name, role: change === 'add' || change === 'role' ? role : null };
      const { password, outcome } = await changeOperator(deps, wanted, { actor: actorIn(request), reason: null });
      const waits = outcome.kind === 'waits';
      if (password === null) {
        const text = waits ? 'Proposed. Another admin must approve it.' : 'Done.';
        return backWith(reply, here, { tone: 'good', text });
      }
      const context = await consoleContext(deps, request, reply);
      const operators = await listOperators(deps.pool);
      return sendPage(reply, consoleOperatorsPage({ context, operators, drawn: { name, password, waits } }));
    },
  );
};
