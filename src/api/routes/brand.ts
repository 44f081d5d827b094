import { z } from 'zod';
import { findLogo } from '../../db/accounts/profiles.js';
import { accentFault, themeCss } from '../../web/theme.js';
import type { Routes } from '../deps.js';
import { notFound } from '../http/problem.js';

const forever = 'public, max-age=31536000, immutable';
const params = z.object({ name: z.string() });

/** Logos and accents of accounts, from our own origin. Both are named by what they are, so they never change. */
export const brandRoutes: Routes = (app, { pool }) => {
  app.get(
    '/brand/:name',
    { config: { permission: 'public' }, schema: { hide: true, params } },
    async (request, reply) => {
      const { name } = request.params;
      const [, colour] = /^([0-9a-f]{6})\.css$/.exec(name) ?? [];
      if (colour !== undefined && accentFault(`#${colour}`) === null) {
        return reply
          .type('text/css; charset=utf-8')
          .header('cache-control', forever)
          .send(themeCss(`#${colour}`));
      }
      const [, sha256] = /^([0-9a-f]{64})\.png$/.exec(name) ?? [];
      const logo = sha256 === undefined ? null : await findLogo(pool, sha256);
      if (logo === null) throw notFound();
      // Opened by itself it is a picture and nothing else, whatever a browser would like to see in it.
      void reply.header('content-security-policy', "default-src 'none'; sandbox");
      return reply.type('image/png').header('cache-control', forever).send(logo);
    },
  );
};
