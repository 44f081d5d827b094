import type { OrderDependencies } from '../activities/dependencies.js';
import type { Publisher } from '../activities/deliver/publish-event.js';
import { relayFacts, type RelayDependencies } from '../activities/reconcile/relay-facts.js';
import { dropOldIpns } from '../db/money/ipn-keeping.js';
import type { Pool } from '../db/pool.js';
import { sealAudit } from '../db/support/audit-chain.js';
import { foldAllFigures } from '../db/figures/order-figures.js';
import { hour, minute } from '../domain/timing.js';
import type { Logger } from '../log.js';
import { startLoop, type Loop } from './loop.js';

interface LoopedOver {
  readonly orders: Pick<OrderDependencies, 'pool' | 'keyring'>;
  readonly reconcile: RelayDependencies;
  readonly publisher: Publisher;
  readonly log: Logger;
}

const auditPage = 500;

async function dropAll(pool: Pool): Promise<void> {
  const page = 1_000; // short statements: nobody waits for a year of them
  while ((await dropOldIpns(pool, page)) >= page);
}

/** Seals the audit log, and says every hour where its chain ends: a head that stands in another place shows a cut-off tail. */
function auditSealing({ pool, keyring }: LoopedOver['orders'], log: Logger): () => Promise<void> {
  let saidAt = -Infinity;
  return async () => {
    for (;;) {
      const { sealed, head } = await sealAudit(pool, keyring, auditPage);
      if (performance.now() - saidAt >= hour && head.position > 0) {
        saidAt = performance.now();
        log.info({ entries: head.position, head: head.hash }, 'the audit log ends here');
      }
      if (sealed < auditPage) return;
    }
  };
}

/** What a worker does again and again beside its tasks: relays stored IPNs, sends what is due, adds up the figures. */
export function startLoops({ orders, reconcile, publisher, log }: LoopedOver): Loop {
  const loops = [
    startLoop({ everyMs: 1_000, log, name: 'relay' }, async () => {
      await relayFacts(reconcile, { limit: 200 });
    }),
    startLoop({ everyMs: 500, log, name: 'publish' }, () => publisher.publishDue()),
    startLoop({ everyMs: 10_000, log, name: 'fold' }, () => foldAllFigures(reconcile.pool)),
    startLoop({ everyMs: 10 * minute, log, name: 'drop' }, () => dropAll(orders.pool)),
    startLoop({ everyMs: 2_000, log, name: 'seal' }, auditSealing(orders, log)),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
