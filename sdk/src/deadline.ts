// setTimeout fires at once when asked for more.
const longestTimerMs = 2 ** 31 - 1;

export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      },
      Math.min(ms, longestTimerMs),
    );
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

/**
 * Runs `work` until the caller aborts (rejects with the caller's reason) or `timeoutMs` pass (rejects with `onTimeout()`).
 * AbortSignal.any would do, but Node 18 lacks it; the race also covers a `fetch` that ignores its signal.
 */
export async function withDeadline<T>(
  limits: { signal?: AbortSignal | undefined; timeoutMs: number; onTimeout: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, timeoutMs, onTimeout } = limits;
  signal?.throwIfAborted();
  const controller = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  const abort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer =
    timeoutMs <= longestTimerMs ? setTimeout(() => controller.abort(onTimeout()), Math.max(0, timeoutMs)) : undefined;
  try {
    return await Promise.race([work(controller.signal), stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
