import { killAll } from '../nemesis.js';
import { everyday } from '../payers.js';
import type { VictimKind } from '../victims.js';
import { sell, sized, type Goal } from './goal.js';

const parallel = 20;
const victims: readonly VictimKind[] = ['api', 'worker'];

/** Twenty calls at once with one key, on two APIs that are killed meanwhile. */
export const g4: Goal = {
  id: 'G4',
  what: 'same key',
  victims,
  async run(work) {
    const { world, shop, size, tally, say } = work;
    const keys = size.orders ?? sized(1_000, size, 10);
    const kills = size.kills ?? sized(60, size, victims.length);
    const perSecond = Math.min(size.perSecond, 2); // each is twenty calls
    const place = async (key: string) => {
      const others = Array.from({ length: parallel - 1 }, () => shop.ask(key));
      const [placed] = await Promise.all([shop.place(key), ...others]);
      return placed;
    };
    const [sold] = await Promise.all([
      sell({ ...work, size: { ...size, perSecond } }, { orders: keys, mixture: everyday, place }),
      killAll({ world, tally, say }, { kills, everyMs: (keys / perSecond / kills) * 1_000 }),
    ]);
    return { ...sold, faults: victims.map((kind) => `kill ${kind}`), figures: { kills, calls: keys * parallel } };
  },
};
