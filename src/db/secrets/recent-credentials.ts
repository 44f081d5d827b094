import { LRUCache } from 'lru-cache';
import type { Mode } from '../../domain/ids.js';
import type { Pool } from '../pool.js';
import { credentialsFor, credentialsOf, type ProviderCredentials } from './provider-credentials.js';
import type { Keyring } from './seal.js';

// Half of the second within which a pair that was replaced must be off everywhere: the other half is for the reading.
const freshMs = 500;
const most = 5_000;

interface Asked {
  readonly accountId: string;
  readonly mode: Mode;
  readonly keyLabel: string | null;
}

interface Found {
  readonly pair: ProviderCredentials | null;
}

export interface RecentCredentials {
  /** The pair that made a payment, by its label; null: the one that mints, which is always the one of now. */
  pairOf(asked: Asked): Promise<ProviderCredentials | null>;
  /** The pairs whose secrets an account's IPNs may be signed with; `isFresh`: read now. */
  ofAccount(accountId: string, options?: { readonly isFresh?: boolean }): Promise<readonly ProviderCredentials[]>;
}

/**
 * Pairs of merchants that were read and opened a moment ago. They are kept by age alone, so that nothing which is not heard
 * can make one last longer.
 */
export function createRecentCredentials(
  { pool, keyring, retiredWithinMs }: { pool: Pool; keyring: Keyring; retiredWithinMs: number },
  clock: { now: () => number } = performance,
): RecentCredentials {
  const limits = { max: most, ttl: freshMs, ttlResolution: 0, perf: clock, ignoreFetchAbort: true };
  const labelled = new LRUCache<string, Found, Asked>({
    ...limits,
    fetchMethod: async (_key, _old, { context }) => ({ pair: await credentialsFor(pool, keyring, context) }),
  });
  const accounts = new LRUCache<string, readonly ProviderCredentials[]>({
    ...limits,
    fetchMethod: (accountId) => credentialsOf(pool, keyring, { accountId, retiredWithinMs }),
  });
  return {
    async pairOf(asked) {
      const { accountId, mode, keyLabel } = asked;
      if (keyLabel === null) return credentialsFor(pool, keyring, asked);
      return (await labelled.forceFetch(`${accountId}/${mode}/${keyLabel}`, { context: asked })).pair;
    },
    ofAccount: (accountId, { isFresh = false } = {}) => accounts.forceFetch(accountId, { forceRefresh: isFresh }),
  };
}
