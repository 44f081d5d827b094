import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Position } from '../../db/page.js';
import { purposeKey } from '../../db/secrets/seal.js';
import type { Mode } from '../../domain/ids.js';
import type { AppDeps } from '../deps.js';
import { badRequest } from './problem.js';

const version = 1;
const longest = 512;

/** What a cursor belongs to: it opens nothing for another account, mode or set of filters. */
export interface CursorScope {
  readonly accountId?: string; // absent, like the mode: an operator's list, of everybody's rows
  readonly mode?: Mode;
  readonly filters: object;
}

export interface Cursors {
  /** Null on the last page. */
  seal(scope: CursorScope, next: Position | null): string | null;
  /** Where the page begins, null for the first; anything that was not sealed for this list and scope is a 400. */
  open(scope: CursorScope, cursor: string | undefined): Position | null;
}

/** Opaque positions in one list: version, 16 bytes of HMAC over list, scope and position, position. */
export function createCursors({ keyring }: Pick<AppDeps, 'keyring'>, list: string): Cursors {
  const key = purposeKey(keyring, 'cursor');
  const sign = (scope: CursorScope, position: Buffer) =>
    createHmac('sha256', key).update(scopeText(list, scope)).update('\n').update(position).digest().subarray(0, 16);

  return {
    seal(scope, next) {
      if (!next) return null;
      const text = Buffer.from(JSON.stringify([next.at, next.id]));
      return Buffer.concat([Buffer.from([version]), sign(scope, text), text]).toString('base64url');
    },
    open(scope, cursor) {
      if (cursor === undefined) return null;
      if (cursor.length > longest) throw badRequest(`cursor: at most ${longest} characters`);
      const bytes = Buffer.from(cursor, 'base64url');
      const signature = bytes.subarray(1, 17);
      const text = bytes.subarray(17);
      const genuine =
        bytes.toString('base64url') === cursor &&
        bytes[0] === version &&
        signature.length === 16 &&
        timingSafeEqual(signature, sign(scope, text));
      if (!genuine) throw badRequest('cursor: not one of this list, with these filters');
      const [at, id] = JSON.parse(text.toString()) as [string, string]; // our own text: the signature says so
      return { at, id };
    },
  };
}

function scopeText(list: string, { accountId, mode, filters }: CursorScope): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return JSON.stringify([list, accountId ?? null, mode ?? 'any', given.sort(([a], [b]) => (a < b ? -1 : 1))]);
}
