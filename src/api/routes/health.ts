import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { answers } from '../../db/durability.js';
import { version } from '../../version.js';
import type { Routes } from '../deps.js';

const patienceMs = 1_500;

const alive = z.object({
  status: z.literal('ok'),
  version: z.string().describe('What runs, as package.json says it.'),
});

const readiness = z.object({
  status: z.enum(['ready', 'not_ready']),
  checks: z.object({ database: z.enum(['ok', 'failed']), temporal: z.enum(['ok', 'failed']) }),
});

export const healthRoutes: Routes = (app, { pool, orderRuns }) => {
  app.get('/healthz', { config: { permission: 'public' }, schema: { response: { 200: alive } } }, async () => ({
    status: 'ok' as const,
    version,
  }));

  app.get(
    '/readyz',
    { config: { permission: 'public' }, schema: { response: { 200: readiness, 503: readiness } } },
    async (_request, reply) => {
      const [database, temporal] = await Promise.all([verdict(answers(pool)), verdict(orderRuns.ping())]);
      const isReady = database === 'ok' && temporal === 'ok';
      return reply
        .code(isReady ? 200 : 503)
        .send({ status: isReady ? 'ready' : 'not_ready', checks: { database, temporal } });
    },
  );
};

// A check that hangs or fails is a failed check: the probe is who learns of it.
async function verdict(check: Promise<boolean>): Promise<'ok' | 'failed'> {
  const tooLate = pause(patienceMs, false, { ref: false });
  const passed = await Promise.race([check, tooLate]).catch(() => false);
  return passed ? 'ok' : 'failed';
}
