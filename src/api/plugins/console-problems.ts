import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isOutage } from '../../db/query.js';
import type { ConsoleContext } from '../../web/console/console-frame.js';
import { consoleProblemPage } from '../../web/console/console-problem-page.js';
import { backWith, consoleContext, sendPage } from '../console/console-context.js';
import { formBack } from '../console/console-path.js';
import type { App, AppDeps } from '../deps.js';
import { notFound, type Problem } from '../http/problem.js';
import { problemOf } from './problems.js';

// What a person can mend or try again is said where the form was, the rest on a page of its own.
const toldInPlace = new Set([400, 409, 429, 503]);

/** Refusals and failures of the console, as pages. */
export function answerWithPages(app: App, deps: AppDeps): void {
  app.setNotFoundHandler((request, reply) => answer(request, reply, notFound()));
  app.setErrorHandler((failure: FastifyError | Error, request, reply) =>
    answer(request, reply, problemOf(failure, request), { hasFrame: !isOutage(failure) }),
  );

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    problem: Problem,
    { hasFrame } = { hasFrame: true },
  ): Promise<FastifyReply> {
    if (request.method === 'POST' && request.consoleSession && toldInPlace.has(problem.status)) {
      return backWith(reply, formBack(request), { tone: 'stop', text: problem.detail });
    }
    void reply.code(problem.status).headers(problem.headers);
    const context = hasFrame ? await contextOrNone(request, reply) : null;
    const { title, detail } = problem;
    return sendPage(
      reply,
      consoleProblemPage({
        brandName: deps.settings.brandName,
        context,
        title,
        detail: worded(problem, detail),
        requestId: request.id,
      }),
    );
  }

  // The page of a failure must not fail for the same reason: without a database it has no frame, and nobody waits for one.
  async function contextOrNone(request: FastifyRequest, reply: FastifyReply): Promise<ConsoleContext | null> {
    return request.consoleSession ? consoleContext(deps, request, reply).catch(() => null) : null;
  }
}

function worded(problem: Problem, detail: string): string {
  return problem.slug === 'not-found' ? 'There is nothing here.' : detail;
}
