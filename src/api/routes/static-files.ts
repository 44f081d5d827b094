import fastifyStatic from '@fastify/static';
import { z } from 'zod';
import { staticRoot } from '../../web/static-files.js';
import type { Routes } from '../deps.js';

const params = z.object({ name: z.string().regex(/^[a-z-]{1,40}\.(?:css|js|svg)$/) });

/** Stylesheets, script and icon of the pages. Their addresses carry a hash, so browsers keep them for good. */
export const staticFileRoutes: Routes = (app) => {
  void app.register(fastifyStatic, { root: staticRoot, serve: false });

  app.get(
    '/static/:name',
    { config: { permission: 'public' }, schema: { hide: true, params } },
    async (request, reply) => reply.sendFile(request.params.name, { maxAge: '1y', immutable: true }),
  );
};
