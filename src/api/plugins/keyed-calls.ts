import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  claimCall,
  findCall,
  forgetCall,
  keepAnswer,
  openAnswer,
  type KeyedCall,
  type KnownCall,
} from '../../db/idempotent-calls.js';
import type { App, AppDeps } from '../deps.js';
import { idempotencyKeyIn } from '../http/idempotency-key.js';
import { conflict, Problem, unavailable } from '../http/problem.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route answers for its idempotency keys itself. */
    keepsOwnKeys?: true;
  }
  interface FastifyRequest {
    claimedCall: string | null; // that this request deals with, under its key
    /** Names what the request does: the same for each try of a keyed call. */
    effectId: string;
  }
}

const longestWaitMs = 8_000;
const lookEveryMs = 100;

/**
 * An `Idempotency-Key` works on every POST that needs an API key: the first call with it is dealt with, and each one after it is
 * answered as the first was. A call that was refused, or that failed, gives its key free. Checkouts do it by themselves, since their keys
 * live with their orders.
 */
export function repeatKeyedCalls(app: App, { pool, keyring, log, nowMs }: AppDeps): void {
  app.decorateRequest('claimedCall', null);
  app.decorateRequest('effectId', '');
  app.addHook('preHandler', async (request, reply) => {
    const call = keyedCallOf(request);
    request.effectId = call === null ? request.id : effectOf(call);
    if (call === null) return undefined;
    const id = randomUUID();
    const until = nowMs() + longestWaitMs;
    for (;;) {
      if (await claimCall(pool, id, call)) {
        request.claimedCall = id;
        return undefined;
      }
      const known = await findCall(pool, call);
      if (known !== null && known.fingerprint !== call.fingerprint) throw mismatch();
      if (known !== null && known.status !== null) return sendAgain(reply, known.status, openAnswer(keyring, known));
      if (known !== null) refuseUnanswered(known, nowMs() >= until);
      await pause(lookEveryMs); // the first call is under way, or has just given the key free
    }
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const id = request.claimedCall;
    if (id === null) return payload;
    request.claimedCall = null;
    const { statusCode: status } = reply;
    const isDone = status >= 200 && status < 300;
    try {
      if (isDone) await keepAnswer(pool, keyring, { id, status, text: typeof payload === 'string' ? payload : '' });
      else await forgetCall(pool, id);
    } catch (failure) {
      log.warn({ err: failure }, 'what became of a keyed call is not kept'); // its key says so when it is used again
    }
    return payload;
  });
}

function keyedCallOf(request: FastifyRequest): KeyedCall | null {
  const { method, caller, routeOptions } = request;
  if (method !== 'POST' || caller === null || routeOptions.config.keepsOwnKeys) return null;
  const key = idempotencyKeyIn(request);
  if (key === null) return null;
  const { accountId, mode, keyId } = caller;
  const path = request.url.split('?', 1)[0];
  const said = `${method} ${path}\n${JSON.stringify(request.body ?? null)}`;
  return {
    holder: accountId === null ? `key/${keyId}` : `account/${accountId}/${mode}`,
    key,
    fingerprint: createHash('sha256').update(said).digest('hex'),
  };
}

/** A call that failed may have done what it was to do, and does the same again, not another. */
function effectOf({ holder, key, fingerprint }: KeyedCall): string {
  return `keyed:${createHash('sha256')
    .update(JSON.stringify([holder, key, fingerprint]))
    .digest('hex')
    .slice(0, 32)}`;
}

function sendAgain(reply: FastifyReply, status: number, text: string): FastifyReply {
  void reply.code(status).header('idempotent-replayed', '1');
  return text === '' ? reply.send() : reply.type('application/json; charset=utf-8').send(text);
}

function mismatch(): Problem {
  return new Problem('idempotency-mismatch', 'The key was first sent with another call.');
}

function refuseUnanswered({ isOld }: KnownCall, waitedLong: boolean): void {
  if (isOld) {
    throw conflict(
      'What became of the first call with this key is not known. Look, and take another key if nothing did.',
      {
        resource: 'idempotency_key',
      },
    );
  }
  if (waitedLong) throw unavailable('The first call with this key is still under way.');
}
