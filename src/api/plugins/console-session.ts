import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  findConsoleSession,
  type ConsoleSession,
  type NewConsoleSession,
  type Visit,
} from '../../db/support/console-sessions.js';
import { purposeKey } from '../../db/secrets/seal.js';
import { consoleSessionMs, operatorActor, operatorMay, type OperatorAction } from '../../domain/access/operator.js';
import { consolePath, formBack } from '../console/console-path.js';
import type { App, AppDeps } from '../deps.js';
import { Problem, forbidden } from '../http/problem.js';

/** What a route of the console is for: before the login, a page, a part that the script fetches, or an action. */
export type ConsoleUse = 'login' | 'page' | 'fragment' | OperatorAction;

declare module 'fastify' {
  interface FastifyContextConfig {
    console?: ConsoleUse;
    /** Whether an action is for who showed a short while ago that it is still him; for some it depends on what is sent. */
    confirmed?: true | ((body: unknown) => boolean);
  }
  interface FastifyRequest {
    consoleSession: ConsoleSession | null;
  }
}

/** No API key opens the console, so its routes are public to the check of keys, and closed by the one below. */
export function forConsole(use: ConsoleUse) {
  return { permission: 'public', console: use } as const;
}

/** Denies by default: without a session a route shows the login, without the token a POST changes nothing. */
export function requireSession(app: App, { pool, settings }: AppDeps): void {
  const { session: cookieName } = cookieNames(settings.production);
  app.decorateRequest('consoleSession', null);
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.console === undefined) throw new Error(`console route ${url} does not say what it is for`);
  });
  app.addHook('onRequest', async (request, reply) => {
    const { console: use } = request.routeOptions.config;
    const token = request.cookies[cookieName];
    request.consoleSession = token ? await findConsoleSession(pool, token) : null;
    if (request.consoleSession || use === 'login') return;
    if (use === 'fragment') throw new Problem('unauthorized', 'The session has ended.');
    return reply.redirect(loginUrl(request, Boolean(token)), 303);
  });
  app.addHook('preValidation', async (request) => {
    const session = request.consoleSession;
    const { console: use } = request.routeOptions.config;
    if (request.method !== 'POST' || use === 'login') return;
    refuseForeignSites(request);
    if (!session || !isSame(formCsrf(request), session.csrfToken)) throw wrongToken();
    if (isAction(use) && !operatorMay(session.operator.role, use)) throw forbidden('Your role does not allow this.');
  });
  app.addHook('preValidation', async (request, reply) => {
    const { confirmed = false } = request.routeOptions.config;
    if (request.method !== 'POST' || request.consoleSession?.isConfirmed !== false) return;
    if (confirmed !== true && !(confirmed && confirmed(request.body))) return;
    const next = formBack(request);
    return reply.redirect(`/console/confirm?${new URLSearchParams({ next }).toString()}`, 303);
  });
}

function isAction(use: ConsoleUse | undefined): use is OperatorAction {
  return use !== undefined && use !== 'login' && use !== 'page' && use !== 'fragment';
}

function loginUrl({ method, url }: FastifyRequest, hadSession: boolean): string {
  const next = method === 'GET' ? consolePath(url) : null;
  const query = new URLSearchParams({ ...(hadSession ? { expired: '1' } : {}), ...(next ? { next } : {}) });
  return query.size > 0 ? `/console/login?${query.toString()}` : '/console/login';
}

// Browsers say where a request comes from; ours never comes from elsewhere. Origin is of no use: without a referrer it
// is `null` for our own forms too.
export function refuseForeignSites({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site !== 'same-origin' && site !== 'none') throw forbidden('This form was sent from another site.');
}

export function wrongToken(): Problem {
  return forbidden('This form is out of date. Go back, reload the page and try again.');
}

/** The token that came with a form; anything else than one text is none. */
export function formCsrf({ body }: FastifyRequest): string {
  const csrf = (body as { csrf?: unknown } | null | undefined)?.csrf;
  return typeof csrf === 'string' ? csrf : '';
}

export function isSame(shown: string, expected: string): boolean {
  const ours = Buffer.from(expected);
  const theirs = Buffer.from(shown);
  return theirs.length === ours.length && timingSafeEqual(theirs, ours);
}

/** Who is logged in, on a route that requires it. */
export function sessionIn(request: FastifyRequest): ConsoleSession {
  if (!request.consoleSession) throw new Error(`no session on ${request.routeOptions.url ?? 'a route'}`);
  return request.consoleSession;
}

/** From where a session is opened. */
export function visitOf({ ip, headers }: FastifyRequest): Visit {
  return { address: ip, agent: headers['user-agent'] ?? '' };
}

/** Who is logged in, as the audit log and cases name them. */
export function actorIn(request: FastifyRequest): string {
  return operatorActor(sessionIn(request).operator.name);
}

export interface ConsoleCookies {
  startSession(reply: FastifyReply, session: NewConsoleSession): void;
  endSession(request: FastifyRequest, reply: FastifyReply): string | null;
  /** The token of the login form, bound to a cookie of its own: there is no session yet. */
  loginToken(request: FastifyRequest, reply: FastifyReply): string;
  isLoginToken(request: FastifyRequest, token: string): boolean;
}

export function createConsoleCookies({ keyring, settings }: AppDeps): ConsoleCookies {
  const names = cookieNames(settings.production);
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: settings.production } as const;
  const tokenOf = (nonce: string) =>
    createHmac('sha256', purposeKey(keyring, 'console-login')).update(nonce).digest('base64url');

  return {
    startSession(reply, { token }) {
      void reply.setCookie(names.session, token, { ...options, maxAge: consoleSessionMs / 1000 });
      void reply.clearCookie(names.login, options);
    },
    endSession(request, reply) {
      void reply.clearCookie(names.session, options);
      return request.cookies[names.session] ?? null;
    },
    loginToken(request, reply) {
      const known = request.cookies[names.login];
      const nonce = known && /^[\w-]{43}$/.test(known) ? known : randomBytes(32).toString('base64url');
      if (nonce !== known) void reply.setCookie(names.login, nonce, options);
      return tokenOf(nonce);
    },
    isLoginToken: (request, token) => isSame(token, tokenOf(request.cookies[names.login] ?? '')),
  };
}

// `__Host-`: the browser takes it over https from this very host only, so no sister domain can plant one.
function cookieNames(production: boolean) {
  const prefix = production ? '__Host-' : '';
  return { session: `${prefix}console_session`, login: `${prefix}console_login` } as const;
}
