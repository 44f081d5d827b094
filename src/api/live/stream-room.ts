import type { AppDeps } from '../deps.js';

const mostPerOrder = 50;

/** How many streams this process keeps: in all, of one order, and of one address, so that nobody takes every place. */
export function createStreamRoom({ metrics, settings }: Pick<AppDeps, 'metrics' | 'settings'>) {
  const byAddress = new Map<string, number>();
  let open = 0;

  const openFrom = (address: string): number => byAddress.get(address) ?? 0;

  return {
    isFull(address: string, ofOrder: number): boolean {
      const { maxLiveStreams, maxLiveStreamsPerAddress } = settings;
      return open >= maxLiveStreams || ofOrder >= mostPerOrder || openFrom(address) >= maxLiveStreamsPerAddress;
    },

    enter(address: string): void {
      metrics.payerStreams.set((open += 1));
      byAddress.set(address, openFrom(address) + 1);
    },

    leave(address: string): void {
      metrics.payerStreams.set((open -= 1));
      const left = openFrom(address) - 1;
      if (left > 0) byAddress.set(address, left);
      else byAddress.delete(address);
    },
  };
}
