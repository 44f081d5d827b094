import type { FastifyRequest } from 'fastify';
import { findKeyByPrefix, noteKeyUse, type KeyOfCaller } from '../../db/accounts/api-keys.js';
import { settingsOf, type AccountSettings } from '../../domain/account.js';
import { publicId, type AccountId, type Mode } from '../../domain/ids.js';
import { scopesWithin } from '../../domain/access/operator.js';
import { permits, scopesFor, type Permission } from '../../domain/access/scopes.js';
import { minute } from '../../domain/timing.js';
import type { App, AppDeps } from '../deps.js';
import { isSameKey, isWellFormedKey, keyPrefix } from '../http/keys.js';
import { forbidden, unauthorized } from '../http/problem.js';
import { createRateLimit } from './rate-limit.js';
import { createWrongKeys } from './wrong-keys.js';

/** Who is calling, by the key that was shown. */
export interface Caller {
  readonly keyId: string;
  readonly actor: string; // for the audit log
  readonly accountId: AccountId | null; // null: an operator
  readonly mode: Mode;
  readonly scopes: readonly string[];
  readonly settings: AccountSettings;
  readonly productsVersion: number; // of what its account sells; 0: it never said
  readonly person: string | null; // the name of the operator whose key it is; null: a merchant's key, or nobody's
}

/** Whose rows a customer's route may touch. */
export interface Owner {
  readonly accountId: AccountId;
  readonly mode: Mode;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must open for this route; `public`: no key. Of several, any one will do. */
    permission?: Permission | readonly Permission[] | 'public';
    /** Whether no test key opens it, whatever its scopes: it changes, or shows, what belongs to live orders too. */
    forLive?: true;
  }
  interface FastifyRequest {
    caller: Caller | null;
  }
}

export const docsPath = '/docs';

/** Denies by default: a route that does not say who may call it does not start. */
export function authenticate(app: App, deps: AppDeps): void {
  const { pool, log, nowMs } = deps;
  const rateLimit = createRateLimit(nowMs);
  const wrongKeys = createWrongKeys(deps);
  const lastNoted = new Map<string, number>();

  app.decorateRequest('caller', null);
  app.addHook('onRoute', (route) => {
    const { url, config } = route;
    // The pages of the API reference come from a plugin, whose routes cannot say it themselves.
    if (url === docsPath || url.startsWith(`${docsPath}/`)) route.config = { ...config, permission: 'public' };
    else if (config?.permission === undefined) throw new Error(`route ${url} does not say who may call it`);
  });
  app.addHook('onRequest', async (request, reply) => {
    const { permission, forLive = false } = request.routeOptions.config;
    if (permission === 'public') return;
    const row = await keyOf(request);
    const caller = callerOf(row);
    request.caller = caller;
    noteUse(row.id);
    rateLimit.take(reply, caller.keyId, caller.settings.rate_limit);
    const asked = [permission ?? []].flat();
    if (!asked.some((each) => permits(caller.scopes, each))) throw scopeMissing(asked);
    if (forLive && caller.mode === 'test') throw forbidden('A test key may not do this: live orders depend on it.');
  });

  async function keyOf(request: FastifyRequest): Promise<KeyOfCaller> {
    const key = shownKey(request);
    wrongKeys.check(request.ip, key);
    const row = isWellFormedKey(key) ? await findKeyByPrefix(pool, keyPrefix(key)) : null;
    if (!isSameKey(key, row?.sha256 ?? null) || !row) {
      wrongKeys.note(request.ip);
      throw unauthorized('invalid-key', 'This API key is not known.');
    }
    if (row.revokedAt || row.isDisabled) throw unauthorized('revoked-key', 'This API key was revoked.');
    if (row.expired) throw unauthorized('expired-key', 'This API key has expired.');
    wrongKeys.remember(key);
    return row;
  }

  function noteUse(keyId: string): void {
    const now = nowMs();
    if (now - (lastNoted.get(keyId) ?? 0) < minute) return;
    lastNoted.set(keyId, now);
    noteKeyUse(pool, keyId).catch((failure: unknown) => log.warn({ err: failure }, 'key use not noted'));
  }
}

function shownKey({ headers, raw }: FastifyRequest): string {
  const shown = raw.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization');
  const key = /^bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (shown.length > 1 || !key) throw unauthorized('unauthorized', 'Show an API key: Authorization: Bearer <key>.');
  return key;
}

function callerOf(row: KeyOfCaller): Caller {
  return {
    keyId: row.id,
    actor: publicId('key', row.id),
    accountId: row.accountId,
    mode: row.mode,
    scopes: row.role === null ? row.scopes : scopesWithin(row.role, row.scopes),
    person: row.operator,
    settings: settingsOf({ settings: row.settings ?? {} }),
    productsVersion: row.productsVersion ?? 0,
  };
}

function scopeMissing(asked: readonly Permission[]): Error {
  const scopes = [...new Set(asked.flatMap(scopesFor))];
  return forbidden(`This key lacks the scope. One of these would do: ${scopes.join(', ')}.`);
}

/** The caller of a route that asked for a key. */
export function callerIn(request: FastifyRequest): Caller {
  if (!request.caller) throw new Error(`no caller on ${request.routeOptions.url ?? 'a route'}`);
  return request.caller;
}

/** The mode whose rows a caller may see and touch; null: both, for operators with a live key. */
export function reachIn(request: FastifyRequest): Mode | null {
  const { accountId, mode } = callerIn(request);
  return accountId === null && mode === 'live' ? null : mode;
}

/** The account that a customer's route acts for. An operator's key has none. */
export function ownerIn(request: FastifyRequest): Owner {
  const { accountId, mode } = callerIn(request);
  if (!accountId) throw forbidden('This key belongs to no account.');
  return { accountId, mode };
}
