/**
 * A first try that is out of its time goes on nevertheless, since nobody can take a call back. Who comes for the same step
 * meanwhile, in this process, shares its end: the provider is asked once, and the quota pays once. In another process the
 * step runs beside it, which is harmless: every effect has a key.
 */
export function createSharedSteps<Result>() {
  const inHand = new Map<string, Promise<Result>>();
  return function share(step: string, work: () => Promise<Result>): Promise<Result> {
    const running = inHand.get(step);
    if (running) return running;
    const begun = work().finally(() => inHand.delete(step));
    inHand.set(step, begun);
    return begun;
  };
}
