import fastifyStatic from '@fastify/static';
import { z } from 'zod';
import { isCurrentUrl, staticRoot } from '../../web/static-files.js';
import type { Routes } from '../deps.js';

const params = z.object({ name: z.string().regex(/^[a-z-]{1,40}\.(?:css|js|svg)$/) });

/** Stylesheets, script and icon of the pages. Their addresses carry a hash, so browsers keep them for good. */
export const staticFileRoutes: Routes = (app) => {
  void app.register(fastifyStatic, { root: staticRoot, serve: false });

  app.get(
    '/static/:name',
    { config: { permission: 'public' }, schema: { hide: true, params } },
    async (request, reply) => {
      // Under any other address the file may be another version's, as during an upgrade: it is asked for each time.
      const caching = isCurrentUrl(request.url) ? { maxAge: '1y', immutable: true } : { maxAge: 0 };
      return reply.sendFile(request.params.name, caching);
    },
  );
};
