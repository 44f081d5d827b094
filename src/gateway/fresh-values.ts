export type Loaded<T> =
  { readonly kind: 'loaded'; readonly value: T } | { readonly kind: 'missing'; readonly message: string };

interface Ages {
  readonly freshMs: number;
  readonly usableMs?: number;
  readonly retryMs?: number; // how long an older one serves before it is loaded again
  readonly clock: () => number;
}

/**
 * Values by name, loaded once at a time and again when older than `freshMs`. Where loading fails, one that is younger
 * than `usableMs` still serves.
 */
export function createFreshValues<T>({ freshMs, usableMs = freshMs, retryMs = 0, clock }: Ages) {
  const values = new Map<string, { readonly value: T; readonly loadedAt: number }>();
  const loading = new Map<string, Promise<Loaded<T>>>();
  const missedAt = new Map<string, number>();

  async function load(name: string, loadOne: () => Promise<Loaded<T>>): Promise<Loaded<T>> {
    const loaded = await loadOne();
    if (loaded.kind === 'loaded') {
      values.set(name, { value: loaded.value, loadedAt: clock() });
      missedAt.delete(name);
      return loaded;
    }
    missedAt.set(name, clock());
    return usable(name) ?? loaded;
  }

  function usable(name: string): Loaded<T> | null {
    const old = values.get(name);
    return old && clock() - old.loadedAt < usableMs ? { kind: 'loaded', value: old.value } : null;
  }

  function isResting(name: string): boolean {
    const missed = missedAt.get(name);
    return missed !== undefined && clock() - missed < retryMs;
  }

  return {
    /** What is at hand, however old. */
    peek(name: string): T | null {
      return values.get(name)?.value ?? null;
    },

    async get(name: string, loadOne: () => Promise<Loaded<T>>): Promise<Loaded<T>> {
      const held = values.get(name);
      if (held && clock() - held.loadedAt < freshMs) return { kind: 'loaded', value: held.value };
      const old = isResting(name) ? usable(name) : null;
      if (old) return old;
      const running = loading.get(name) ?? load(name, loadOne).finally(() => loading.delete(name));
      loading.set(name, running);
      return running;
    },

    forget(name: string): void {
      values.delete(name);
      missedAt.delete(name);
    },
  };
}
