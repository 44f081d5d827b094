import { z } from 'zod';
import { modes } from '../../../domain/ids.js';
import { consoleCounters as countersHtml } from '../../../web/console/console-counters.js';
import { consoleOverviewPage } from '../../../web/console/console-overview-page.js';
import { consoleContext, sendPage } from '../../console/console-context.js';
import { consoleCounters, createConsoleFigures } from '../../console/console-figures.js';
import type { Routes } from '../../deps.js';
import { forConsole } from '../../plugins/console-session.js';

const modeQuery = z.object({ mode: z.enum(modes).catch('live').default('live') });

export const consoleOverviewRoutes: Routes = (console, deps) => {
  const figures = createConsoleFigures(deps);

  console.get(
    '/',
    { config: forConsole('page'), schema: { hide: true, querystring: modeQuery } },
    async (request, reply) => {
      const context = await consoleContext(deps, request, reply);
      return sendPage(reply, consoleOverviewPage({ context, ...(await figures(request.query.mode)) }));
    },
  );

  console.get(
    '/counters',
    { config: forConsole('fragment'), schema: { hide: true, querystring: modeQuery } },
    async (request, reply) => sendPage(reply, countersHtml(await consoleCounters(deps, request.query.mode))),
  );
};
