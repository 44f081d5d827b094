import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { isOutage } from '../../db/query.js';
import { wireWords } from '../../domain/brand.js';
import { TemporalAway } from '../../temporal/temporal-watch.js';
import type { App } from '../deps.js';
import { bodiesAreJson } from './strict-input.js';
import { Problem, badRequest, notFound, problemKinds, unavailable } from '../http/problem.js';

export const problemType = 'application/problem+json; charset=utf-8';

/** Every refusal and failure leaves as a problem document, also those that never reach a route. */
export function answerProblems(app: App): void {
  const methodsByPath = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByPath.get(url) ?? new Set();
    for (const each of [method].flat()) methods.add(each);
    methodsByPath.set(url, methods);
  });
  const patterns: { readonly pattern: RegExp; readonly methods: ReadonlySet<string> }[] = [];
  app.addHook('onReady', (done) => {
    for (const [url, methods] of methodsByPath) patterns.push({ pattern: patternOf(url), methods });
    done();
  });
  // Before the body is read: what is not there needs no parsing.
  app.addHook('onRequest', (request, _reply, next) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const exact = methodsByPath.get(path); // a path of its own is none of `/v1/webhooks/:id`, whatever the method
    const isOfAPattern = request.routeOptions.url?.includes(':') ?? false; // and not `/docs/`, which `/docs` answers too
    if (exact?.has(request.method) || (!request.is404 && !(exact && isOfAPattern))) return next();
    const known = exact
      ? [...exact]
      : patterns.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods]);
    if (known.length === 0) throw notFound();
    const allow = [...new Set(known)].sort().join(', ');
    throw new Problem('method-not-allowed', `This path takes ${allow}.`, {}, { allow });
  });
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, notFound()));
  app.setErrorHandler((failure: FastifyError | Error, request, reply) =>
    sendProblem(request, reply, problemOf(failure, request)),
  );
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^$(){}|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  void reply.code(problem.status).headers(problem.headers).type(problemType);
  return reply.serializer(JSON.stringify).send(problemDocument(problem, request.id));
}

export function problemDocument(problem: Problem, requestId: string): Record<string, unknown> {
  return {
    type: wireWords.errorBase + problem.slug,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    instance: requestId,
    ...problem.extras,
  };
}

/** What a failure means to the caller; one that nobody expected is logged. */
export function problemOf(failure: FastifyError | Error, request: FastifyRequest): Problem {
  if (failure instanceof Problem) return failure;
  if (failure instanceof TemporalAway || isOutage(failure)) {
    request.log.warn({ err: failure, requestId: request.id, orderId: request.orderId }, 'outage');
    return unavailable('A part of the service is away. The same call may be repeated.');
  }
  const code = 'code' in failure ? failure.code : '';
  const status = 'statusCode' in failure ? (failure.statusCode ?? 500) : 500;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Problem('payload-too-large', 'The body is too large.');
  if (status === 415) return new Problem('unsupported-media-type', bodiesAreJson);
  if (status >= 400 && status < 500) return badRequest(failure.message);
  request.log.error({ err: failure, requestId: request.id, orderId: request.orderId }, 'request failed');
  return new Problem('internal', 'Something broke on our side.');
}

/** Answers what Node could not parse, on the bare socket, and closes it. */
export function answerUnreadable(failure: Error & { code?: string }, socket: Duplex): void {
  if (failure.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  endWith(socket, unreadable(failure.code));
}

function unreadable(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request-timeout', 'The request took too long to come.');
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers-too-large', 'More than 16 KB of headers.');
  return badRequest('The request is not readable HTTP.');
}

export function endWith(socket: Duplex, problem: Problem): void {
  const [status] = problemKinds[problem.slug];
  const body = JSON.stringify(problemDocument(problem, 'unread'));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
