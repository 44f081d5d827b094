import { disturb, killAll } from '../nemesis.js';
import { everyday } from '../payers.js';
import type { VictimKind } from '../victims.js';
import { sell, sized, type Goal } from './goal.js';

const victims: readonly VictimKind[] = ['api', 'worker', 'temporal', 'postgres'];

/** Every kind of process dies under load, is frozen, and is cut off from the others. */
export const g1: Goal = {
  id: 'G1',
  what: 'kills',
  victims,
  async run(work) {
    const { world, size, tally, say } = work;
    const orders = size.orders ?? sized(10_000, size);
    const kills = size.kills ?? sized(200, size, victims.length);
    const everyMs = (orders / size.perSecond / kills) * 1_000;
    const lies = await Promise.all([
      world.sim.spoil({ endpoint: 'POST /payment', fault: 'reset', effect: 'after', p: 0.02 }),
      world.sim.spoil({ endpoint: 'GET /payment/:id', fault: 'http_500', p: 0.02 }),
      world.sim.spoil({ endpoint: 'GET /payment/:id', fault: 'truncated_json', p: 0.02 }),
      world.sim.spoil({ endpoint: 'GET /payment/:id', fault: 'not_found', p: 0.01 }),
    ]);
    let isOver = false;
    const [sold] = await Promise.all([
      sell(work, { orders, mixture: everyday }),
      killAll({ world, tally, say }, { kills, everyMs }).finally(() => (isOver = true)),
      disturb({ world, tally, say }, () => isOver),
    ]);
    for (const lie of lies) tally.fired('lie of the provider', await lie.end());
    return { ...sold, faults: victims.map((kind) => `kill ${kind}`), figures: { kills } };
  },
};
