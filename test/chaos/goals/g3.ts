import { everyday } from '../payers.js';
import { sell, sized, type Goal } from './goal.js';

/** Three of ten creates fail after they made a payment. */
export const g3: Goal = {
  id: 'G3',
  what: 'ambiguous mint',
  victims: [],
  async run(work) {
    const { world, size, tally } = work;
    const orders = size.orders ?? sized(1_000, size, 20);
    const lies = await Promise.all(
      ['reset', 'http_500', 'truncated_json', 'html_502'].map((fault) =>
        world.sim.spoil({ endpoint: 'POST /payment', fault, effect: 'after', p: 0.085 }),
      ),
    );
    const sold = await sell(work, { orders, mixture: everyday });
    let failed = 0;
    for (const lie of lies) failed += await lie.end();
    tally.fired('create failed after', failed);
    return { ...sold, faults: ['create failed after'], figures: { failed_after: failed } };
  },
};
