import type { Publisher } from '../activities/deliver/publish-event.js';
import { relayFacts, type RelayDependencies } from '../activities/reconcile/relay-facts.js';
import { foldAllFigures } from '../db/figures/order-figures.js';
import type { Logger } from '../log.js';
import { startLoop, type Loop } from './loop.js';

interface LoopedOver {
  readonly reconcile: RelayDependencies;
  readonly publisher: Publisher;
  readonly log: Logger;
}

/** What a worker does again and again beside its tasks: relays stored IPNs, sends what is due, adds up the figures. */
export function startLoops({ reconcile, publisher, log }: LoopedOver): Loop {
  const loops = [
    startLoop({ everyMs: 1_000, log, name: 'relay' }, async () => {
      await relayFacts(reconcile, { limit: 200 });
    }),
    startLoop({ everyMs: 500, log, name: 'publish' }, () => publisher.publishDue()),
    startLoop({ everyMs: 10_000, log, name: 'fold' }, () => foldAllFigures(reconcile.pool)),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
