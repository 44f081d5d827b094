import { parseArgs } from 'node:util';
import { disagreement, textsFrom } from './json-readings.js';

// npm run fuzz:json [-- --inputs N --seed N]: texts that the IPN door and the API read, against two independent readings.
const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string', default: String(Date.now()) } },
});
const inputs = Number(values.inputs);
const seed = Number(values.seed) >>> 0;
const next = textsFrom(seed);
const begun = performance.now();
let wrong = 0;
for (let n = 1; n <= inputs; n += 1) {
  const text = next();
  const why = disagreement(text);
  if (why !== null && (wrong += 1) <= 20) console.log(`[fuzz] ${why}: ${JSON.stringify(text)}`);
  if (n % Math.ceil(inputs / 20) === 0) {
    console.log(
      `[fuzz] ${n} of ${inputs} texts, ${wrong} wrong, ${((performance.now() - begun) / 1_000).toFixed(0)} s`,
    );
  }
}
console.log(`[fuzz] seed ${seed}: ${inputs} texts, ${wrong} read in two ways`);
process.exit(wrong === 0 ? 0 : 1);
