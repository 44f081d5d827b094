import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factBytes, factsOf } from './fact-lists.js';
import { orderOfSignsChangesNothing, play, repeatsChangeNothing } from './order-judgement.js';

// A hundred thousand lists here, a million by `npm run fuzz:facts`.
const numRuns = Number(process.env['FC_RUNS'] ?? 100_000);
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
const someBytes = fc.uint8Array({ minLength: 1, maxLength: 20 });

describe("the order's rules over long lists of facts", () => {
  it('hold after every fact', () => {
    console.log(`[model] seed ${seed}, ${numRuns} lists`);
    const reached = new Map<string, number>();
    fc.assert(
      fc.property(factBytes, (bytes) => {
        const { status, timeline } = play(factsOf(bytes));
        reached.set(status, (reached.get(status) ?? 0) + 1);
        if (timeline.some(({ event }) => event === 'honoured')) reached.set('honoured', 1);
      }),
      { seed, numRuns },
    );
    // A generator that never pays or fails an order proves nothing.
    expect([...reached.keys()].sort()).toEqual([
      'cancelled',
      'confirming',
      'failed',
      'honoured',
      'paid',
      'partial',
      'pending',
    ]);
  }, 600_000);

  it.each([
    ['readings that come twice, or again when they are stale, end in the same status and money', repeatsChangeNothing],
    ['readings of coins on their way, in any order, end in the same status and money', orderOfSignsChangesNothing],
  ])(
    '%s',
    (_what, holds) => {
      fc.assert(fc.property(factBytes, someBytes, holds), { seed, numRuns: Math.ceil(numRuns / 40) });
    },
    600_000,
  );
});
