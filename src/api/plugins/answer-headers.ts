import helmet from 'helmet';
import { wireWords } from '../../domain/brand.js';
import type { App, AppDeps } from '../deps.js';

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
  app.addHook('onRequest', (request, reply, next) => {
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
    log.info(
      { requestId: request.id, method, route, status, ms: Math.round(reply.elapsedTime), keyId: request.caller?.keyId },
      `${wireWords.name} ${status}`,
    );
    next();
  });
}
