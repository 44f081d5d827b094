export type Loaded<T> =
  { readonly kind: 'loaded'; readonly value: T } | { readonly kind: 'missing'; readonly message: string };

/**
 * Values by name, loaded once at a time and again when older than `freshMs`. Where loading fails, one that is younger
 * than `usableMs` still serves.
 */
export function createFreshValues<T>(options: { freshMs: number; usableMs?: number; clock: () => number }) {
  const { freshMs, usableMs = freshMs, clock } = options;
  const values = new Map<string, { readonly value: T; readonly loadedAt: number }>();
  const loading = new Map<string, Promise<Loaded<T>>>();

  async function load(name: string, loadOne: () => Promise<Loaded<T>>): Promise<Loaded<T>> {
    const loaded = await loadOne();
    if (loaded.kind === 'loaded') {
      values.set(name, { value: loaded.value, loadedAt: clock() });
      return loaded;
    }
    const old = values.get(name);
    return old && clock() - old.loadedAt < usableMs ? { kind: 'loaded', value: old.value } : loaded;
  }

  return {
    /** What is at hand, however old. */
    peek(name: string): T | null {
      return values.get(name)?.value ?? null;
    },

    async get(name: string, loadOne: () => Promise<Loaded<T>>): Promise<Loaded<T>> {
      const held = values.get(name);
      if (held && clock() - held.loadedAt < freshMs) return { kind: 'loaded', value: held.value };
      const running = loading.get(name) ?? load(name, loadOne).finally(() => loading.delete(name));
      loading.set(name, running);
      return running;
    },

    forget(name: string): void {
      values.delete(name);
    },
  };
}
