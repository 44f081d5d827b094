import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { registerControl } from './control/control.js';
import { registerPage } from './control/page.js';
import type { SimulatorOptions } from './options.js';
import { registerProviderApi } from './provider/provider-api.js';
import { createWorld, resetWorld } from './world-setup.js';

export interface Simulator {
  url: string;
  close(): Promise<void>;
}

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const app = fastify({
    logger: { level: options.logLevel ?? 'silent' },
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  const world = createWorld(options, (failure, task) => app.log.error({ failure, task }, 'a task failed'));
  guard(app, options.force ?? false);
  // What an answer tells is in the journal before the answer leaves.
  app.addHook('onSend', async () => world.journal.flush());
  await app.register(async (scope) => registerProviderApi(scope, world), { prefix: '/v1' });
  await app.register(async (scope) => registerControl(scope, world, (seed) => resetWorld(world, seed)), {
    prefix: '/_sim',
  });
  registerPage(app);

  const host = options.host ?? '127.0.0.1';
  await app.listen({ port: options.port, host });
  world.url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${portOf(app)}`;
  world.agenda.start();
  return {
    url: world.url,
    async close() {
      await Promise.all([world.ipnSender.close(), world.agenda.stop(), app.close()]);
      world.journal.close();
    },
  };
}

/** A web page on the internet can make a browser post to 127.0.0.1; it can set neither `Host` nor this content type. */
function guard(app: FastifyInstance, isForced: boolean): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isForced && !isOurHost(request)) return reply.code(403).send({ error: 'foreign Host header' });
    const changes = request.method === 'POST' || request.method === 'PUT';
    const isControl = request.url.startsWith('/_sim/');
    if (!changes || !isControl || /^application\/json\b/.test(request.headers['content-type'] ?? '')) return undefined;
    return reply.code(415).send({ error: 'control calls need content-type: application/json' });
  });
}

function isOurHost({ hostname }: FastifyRequest): boolean {
  return ['127.0.0.1', 'localhost', '[::1]', '::1'].includes(hostname);
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
