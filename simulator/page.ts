import type { FastifyInstance } from 'fastify';

export function registerPage(app: FastifyInstance): void {
  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send('<h1>no real coins</h1>'));
}
