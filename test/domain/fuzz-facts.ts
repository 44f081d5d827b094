import fc from 'fast-check';
import { parseArgs } from 'node:util';
import { factBytes, factsOf } from './fact-lists.js';
import { orderOfSignsChangesNothing, play, repeatsChangeNothing } from './order-judgement.js';

// npm run fuzz:facts [-- --lists N --seed N]: long lists of facts on the pure core, every invariant after every fact. What fails is
// made small before it is shown.
const { values } = parseArgs({
  options: { lists: { type: 'string', default: '1000000' }, seed: { type: 'string', default: String(Date.now()) } },
});
const lists = Number(values.lists);
const seed = Number(values.seed) % 2 ** 31;
const rounds = 20;
const begun = performance.now();
const reached = new Map<string, number>();
const someBytes = fc.uint8Array({ minLength: 1, maxLength: 20 });

function playRound(round: number): void {
  const numRuns = Math.ceil(lists / rounds);
  const holds = (bytes: Uint8Array) => {
    const { status } = play(factsOf(bytes));
    reached.set(status, (reached.get(status) ?? 0) + 1);
  };
  fc.assert(fc.property(factBytes, holds), { seed: seed + round, numRuns });
  const fewer = { seed: seed + round, numRuns: Math.ceil(numRuns / 20) };
  for (const unchanged of [repeatsChangeNothing, orderOfSignsChangesNothing])
    fc.assert(fc.property(factBytes, someBytes, unchanged), fewer);
}

for (let round = 1; round <= rounds; round += 1) {
  playRound(round);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
  console.log(`[fuzz] ${Math.ceil((lists * round) / rounds)} of ${lists} lists, none wrong, ${seconds} s`);
}
const ends = [...reached].map(([status, count]) => `${status} ${count}`).join(', ');
console.log(`[fuzz] seed ${seed}: ${lists} lists, all invariants held after every fact; ended ${ends}`);
