import { createHmac, timingSafeEqual } from 'node:crypto';
import { badRequest } from './problem.js';

const version = 1;
const longest = 512;

/** What a cursor belongs to: it opens nothing for another account, mode, list or set of filters. */
export interface CursorScope {
  readonly list: string;
  readonly accountId: string | null;
  readonly mode: string;
  readonly filters: object;
}

export interface Cursors {
  seal(scope: CursorScope, position: readonly string[]): string;
  /** The position inside; anything that was not sealed for this scope is a 400. */
  open(scope: CursorScope, cursor: string): readonly string[];
}

/** Opaque positions: version, 16 bytes of HMAC over scope and position, position. */
export function createCursors(key: Buffer): Cursors {
  const sign = (scope: CursorScope, position: Buffer) =>
    createHmac('sha256', key).update(scopeText(scope)).update('\n').update(position).digest().subarray(0, 16);

  return {
    seal(scope, position) {
      const text = Buffer.from(JSON.stringify(position));
      return Buffer.concat([Buffer.from([version]), sign(scope, text), text]).toString('base64url');
    },
    open(scope, cursor) {
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
      return JSON.parse(text.toString()) as string[]; // our own text: the signature says so
    },
  };
}

function scopeText({ list, accountId, mode, filters }: CursorScope): string {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return JSON.stringify([list, accountId, mode, given.sort(([a], [b]) => (a < b ? -1 : 1))]);
}
