const windowMs = 60_000;
const perAddress = 10;
const perName = 5;
const mostEntries = 20_000;

export interface LoginLimit {
  /** Counts an attempt, before the password is looked at: parallel guesses count too. Null, or seconds to wait. */
  take(address: string, name: string): number | null;
  /** The right password: the attempts under that name are forgotten. */
  forget(name: string): void;
}

interface Attempts {
  count: number;
  sinceMs: number;
}

/** Guesses by address and by name, in this process: one name from many addresses is as slow as many names from one. */
export function createLoginLimit(nowMs: () => number): LoginLimit {
  const byAddress = new Map<string, Attempts>();
  const byName = new Map<string, Attempts>();

  function waitAfter(attempts: Map<string, Attempts>, key: string, most: number): number | null {
    const now = nowMs();
    const known = attempts.get(key);
    const entry = known && now - known.sinceMs < windowMs ? known : { count: 0, sinceMs: now };
    entry.count += 1;
    attempts.delete(key); // put back as the newest: the oldest are forgotten first
    attempts.set(key, entry);
    if (attempts.size > mostEntries) attempts.delete(attempts.keys().next().value ?? key);
    return entry.count > most ? Math.max(1, Math.ceil((entry.sinceMs + windowMs - now) / 1000)) : null;
  }

  return {
    take: (address, name) => waitAfter(byAddress, address, perAddress) ?? waitAfter(byName, name, perName),
    forget: (name) => void byName.delete(name),
  };
}
