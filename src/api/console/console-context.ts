import type { FastifyReply, FastifyRequest } from 'fastify';
import { countOpenCases } from '../../db/support/case-queue.js';
import type { ConsoleContext } from '../../web/console/console-frame.js';
import type { AppDeps } from '../deps.js';
import { version } from '../../version.js';
import { sessionIn } from '../plugins/console-session.js';

export type Notice = NonNullable<ConsoleContext['notice']>;

const noticeCookie = 'console_notice';
const noticeOptions = { path: '/console', httpOnly: true, sameSite: 'strict', signed: true } as const;

/** What every page of the console knows; a notice is shown once. */
export async function consoleContext(
  { pool, settings, nowMs }: AppDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<ConsoleContext> {
  const { operator, csrfToken } = sessionIn(request);
  return {
    brandName: settings.brandName,
    operator: { name: operator.name, role: operator.role },
    csrfToken,
    openCases: await countOpenCases(pool),
    notice: takeNotice(request, reply),
    nowIso: new Date(nowMs()).toISOString(),
    version,
  };
}

/** Goes back to where a form was sent from, and says there how it went. */
export function backWith(reply: FastifyReply, path: string, notice: Notice): FastifyReply {
  const text = Buffer.from(JSON.stringify(notice)).toString('base64url');
  void reply.setCookie(noticeCookie, text, { ...noticeOptions, maxAge: 60 });
  return reply.redirect(path, 303);
}

function takeNotice(request: FastifyRequest, reply: FastifyReply): Notice | null {
  const cookie = request.cookies[noticeCookie];
  if (!cookie) return null;
  void reply.clearCookie(noticeCookie, noticeOptions);
  const { valid, value } = request.unsignCookie(cookie);
  return valid ? (JSON.parse(Buffer.from(value, 'base64url').toString()) as Notice) : null; // our own text: signed
}

export function sendPage(reply: FastifyReply, html: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(html);
}
