import { purposeKey } from '../db/seal.js';
import { createCursors } from './cursors.js';
import type { AppDeps } from './deps.js';

export interface ConsolePosition {
  readonly at: string;
  readonly id: string;
}

/** Where a list of the console goes on, bound to the list and its filters. */
export function consoleCursors({ keyring }: Pick<AppDeps, 'keyring'>, list: string) {
  const cursors = createCursors(purposeKey(keyring, 'cursor'));
  const scopeOf = (filters: object) => ({ list: `console/${list}`, accountId: null, mode: 'any', filters });

  return {
    seal: (filters: object, next: ConsolePosition | null): string | null =>
      next && cursors.seal(scopeOf(filters), [next.at, next.id]),
    open(filters: object, cursor: string | undefined): ConsolePosition | null {
      if (!cursor) return null;
      const [at, id] = cursors.open(scopeOf(filters), cursor);
      return at !== undefined && id !== undefined ? { at, id } : null;
    },
  };
}
