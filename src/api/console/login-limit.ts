import { secondsToAsk } from '../../domain/retry-after.js';
import { createMinuteCounts, type MinuteCounts } from '../http/minute-counts.js';

const perAddress = 10;
const perName = 5;

export interface LoginLimit {
  /** Counts an attempt, before the password is looked at: parallel guesses count too. Null, or seconds to wait. */
  take(address: string, name: string): number | null;
  /** The right password: the attempts under that name are forgotten. */
  forget(name: string): void;
}

/** Guesses by address and by name, in this process: one name from many addresses is as slow as many names from one. */
export function createLoginLimit(nowMs: () => number): LoginLimit {
  const byAddress = createMinuteCounts(nowMs);
  const byName = createMinuteCounts(nowMs);

  function waitAfter(attempts: MinuteCounts, key: string, most: number): number | null {
    const { count, secondsLeft } = attempts.note(key);
    return count > most ? secondsToAsk(secondsLeft) : null;
  }

  return {
    take: (address, name) => waitAfter(byAddress, address, perAddress) ?? waitAfter(byName, name, perName),
    forget: (name) => byName.forget(name),
  };
}
