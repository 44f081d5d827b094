/** What `work` answers, or what `otherwise` says once that takes too long. The work goes on: it must be harmless to repeat. */
export function inTime<T>(work: Promise<T>, mostMs: number, otherwise: () => T | Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const late = setTimeout(() => {
      Promise.resolve().then(otherwise).then(resolve, reject);
    }, mostMs);
    late.unref();
    work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
