import { writeFileSync } from 'node:fs';
import { build } from './compare/build.js';
import { lookAtIdle, openField, rivalKey } from './compare/field.js';
import { readPlan } from './compare/plan.js';
import { figuresOf, type Measured } from './compare/report.js';
import { runAll } from './compare/scenarios.js';
import { startServers } from './compare/servers.js';
import { tablesOf } from './compare/tables.js';
import { runOn } from './stack.js';

// What an order costs, beside others who do the same on the same servers in the same minutes. Prints figures and judges none:
// what counts are the ratios.
const plan = readPlan(process.argv.slice(2));
const startedAt = Date.now();
const say = (line: string) =>
  console.log(`[${String(Math.round((Date.now() - startedAt) / 1000)).padStart(4)} s] ${line}`);

function report(measured: Measured): void {
  const figures = JSON.stringify(figuresOf(measured, plan), null, 2);
  console.log(`\n${tablesOf(measured)}\n\n${figures}`);
  if (plan.jsonFile !== null) writeFileSync(plan.jsonFile, `${figures}\n`);
}

build(say);
say('PostgreSQL, Temporal and ours start');
// Nothing expires while others are measured. The rivals have an account of their own at the simulator: ours sweeps its own.
const stack = await startServers({ START_BUILT: '1', PAY_WINDOW: '12 hours', SIM_API_KEYS: rivalKey });
await runOn(stack, async () => {
  const field = await openField(stack);
  try {
    const arena = await lookAtIdle(field, plan.idleMs, say);
    report(await runAll(arena, field, plan));
    say(`checkouts that had to be repeated, since nine seconds were too short: ${field.ours.unfinished()}`);
  } finally {
    await field.close();
  }
});
