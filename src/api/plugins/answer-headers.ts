import helmet from 'helmet';
import { wireWords } from '../../domain/brand.js';
import { isOrderId } from '../../domain/ids.js';
import type { App, AppDeps } from '../deps.js';

declare module 'fastify' {
  interface FastifyRequest {
    orderId: string | null; // the order that it is about, for the log
  }
}

/** Headers of every answer: request id, no caching under /v1, and what a browser may do with a page. */
export function setAnswerHeaders(app: App, { settings, metrics, log }: AppDeps): void {
  // Made once: `@fastify/helmet` would make all of it anew for each answer.
  const setSafeHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    hsts: settings.production ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  });
  app.decorateRequest('orderId', null);
  app.addHook('onRequest', (request, reply, next) => {
    request.orderId = orderNamedIn(request.params);
    void reply.header('x-request-id', request.id);
    setSafeHeaders(request.raw, reply.raw, (failure) => next(failure as Error | undefined));
  });
  app.addHook('onSend', (request, reply, _payload, next) => {
    if (request.url.startsWith('/v1/') && !reply.hasHeader('cache-control'))
      void reply.header('cache-control', 'no-store, private');
    next();
  });
  app.addHook('onResponse', (request, reply, next) => {
    const route = request.routeOptions.url ?? 'unknown'; // the pattern: a path may hold a token
    const { method } = request;
    const status = reply.statusCode;
    metrics.requestSeconds.observe({ method, route, status }, reply.elapsedTime / 1000);
    const ids = { requestId: request.id, keyId: request.caller?.keyId, orderId: request.orderId ?? undefined };
    log.info({ ...ids, method, route, status, ms: Math.round(reply.elapsedTime) }, `${wireWords.name} ${status}`);
    next();
  });
}

function orderNamedIn(params: unknown): string | null {
  const named = Object.values(params ?? {}).filter((value): value is string => typeof value === 'string');
  return named.find(isOrderId) ?? null;
}
