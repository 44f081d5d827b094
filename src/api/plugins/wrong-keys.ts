import type { AppDeps } from '../deps.js';
import { addressBlock } from '../http/address-block.js';
import { hashKey } from '../http/keys.js';
import { rateLimited } from '../http/problem.js';
import { createSharedCounts } from '../http/shared-counts.js';

const perMinute = 60;
const mostRemembered = 10_000;

export interface WrongKeys {
  /** Before the database is asked: throws a 429 for a key that is new here, from an address with too many wrong ones. */
  check(address: string, key: string): void;
  /** Notes a wrong key. */
  note(address: string): void;
  /** The key is one of ours: whatever else comes from its address, it goes on working. */
  remember(key: string): void;
}

/** Wrong keys by address: guessing is slow and noisy, and costs the database nothing. */
export function createWrongKeys(deps: Pick<AppDeps, 'pool' | 'log' | 'nowMs'>): WrongKeys {
  const wrong = createSharedCounts(deps, { kind: 'wrong_key', perMinute });
  const right = new Set<string>();

  return {
    check(address, key) {
      const wait = wrong.waitFor(addressBlock(address));
      if (wait === null || right.has(fingerprintOf(key))) return;
      throw rateLimited('Too many wrong keys from this address.', wait);
    },
    note(address) {
      // One line, not one per guess.
      if (wrong.note(addressBlock(address)) === 'filled') deps.log.warn({ address }, 'many wrong keys');
    },
    remember(key) {
      const fingerprint = fingerprintOf(key);
      right.delete(fingerprint); // put back as the newest: the oldest are forgotten first
      right.add(fingerprint);
      if (right.size > mostRemembered) right.delete(right.values().next().value ?? fingerprint);
    },
  };
}

function fingerprintOf(key: string): string {
  return hashKey(key).toString('base64');
}
