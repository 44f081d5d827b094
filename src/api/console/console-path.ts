import type { FastifyRequest } from 'fastify';

/** A path of the console to go to, as it came from a link or a form; null when it leads anywhere else. */
export function consolePath(given: string): string | null {
  if (given.length > 2_000 || !given.startsWith('/console') || /[\\\u0000-\u0020\u007f]/.test(given)) return null;
  const { origin, pathname, search } = new URL(given, 'http://console');
  if (origin !== 'http://console' || !/^\/console(?:\/(?!login|logout)|$)/.test(pathname)) return null;
  return pathname + search;
}

/** The page that a form says it stands on. */
export function formBack({ body }: FastifyRequest): string {
  const back = (body as { back?: unknown } | null | undefined)?.back;
  return (typeof back === 'string' ? consolePath(back) : null) ?? '/console';
}
