import type { FastifyRequest } from 'fastify';

/** For changes that need no word of explanation, and so no body either. */
export async function takeNoBodyForEmpty(request: FastifyRequest): Promise<void> {
  if (request.body === undefined) request.body = {}; // `null` is a body, and no object
}
