/** Retries `check` until it stops throwing; the last failure is thrown once the limit has passed. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 15_000, intervalMs = 50 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (failure) {
      if (Date.now() >= giveUpAt) throw failure;
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
  }
}
