import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collect } from './collect.js';
import { workOf, type Goal } from './goals/goal.js';
import type { Finding } from './judges/finding.js';
import { judgeReplays } from './judges/replays.js';
import { judgeReruns } from './judges/reruns.js';
import { judgeSealed } from './judges/sealed.js';
import { readOptions, usage, type ChaosOptions } from './options.js';
import { quietPeriod } from './quiet.js';
import { reportOf } from './report.js';
import { runSabotaged } from './sabotaged.js';
import { tellStory } from './story.js';
import { createTally } from './tally.js';
import { judge, lineOf, verdictOf, type GoalVerdict, type Ran } from './verdict.js';
import { startWorld, type World } from './world.js';

// Real processes, hurt in every way that a seed draws, and then the question: is every coin where it belongs?
// Ends with 0 when every goal passes, 1 when something is held against us, 2 when the run itself broke, 3 when nothing is
// held against us and a fault did not fire.

const startedAt = Date.now();
const mostStories = 10;

function say(line: string): void {
  console.log(`[${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s] ${line}`);
}

async function runGoal(world: World, goal: Goal, { size }: ChaosOptions): Promise<Ran> {
  const begun = Date.now();
  const tally = createTally();
  say(`${goal.id}: ${goal.what}`);
  const work = await workOf(world, goal, { size, tally, say: (line) => say(`${goal.id}: ${line}`) });
  const run = await goal.run(work);
  return { goal, shop: work.shop, tally, run, seconds: Math.round((Date.now() - begun) / 1_000) };
}

/** Every goal after the other in one world, then peace, then the judges. */
async function runAll(world: World, options: ChaosOptions): Promise<readonly GoalVerdict[]> {
  const ran: Ran[] = [];
  for (const goal of options.goals) ran.push(await runGoal(world, goal, options));
  const payments = ran.flatMap(({ run }) => run.payments);
  const left = await quietPeriod(world, { payments, limitMs: options.patienceMs, say });
  const workflows = [...(left.length === 0 ? await judgeReruns(world, say) : []), ...(await judgeReplays(world, say))];
  const evidence = await collect(
    world,
    ran.flatMap(({ run }) => run.walks),
  );
  const keys = new Map(ran.map(({ shop }) => [shop.accountId, shop.apiKey]));
  const findings = [...workflows, ...judge(evidence), ...(await judgeSealed(world, evidence, keys))];
  const owners = new Map(evidence.orders.map((order) => [order.id, order.accountId]));
  const verdicts = ran.map((each, at) => {
    // What belongs to no order is held against the first goal.
    const isOurs = ({ orderId }: Finding) =>
      orderId === null || !owners.has(orderId) ? at === 0 : owners.get(orderId) === each.shop.accountId;
    return verdictOf(each, evidence, findings.filter(isOurs));
  });
  const folder = join(options.stories, `seed-${options.seed}`);
  const guilty = new Set(verdicts.flatMap((verdict) => verdict.findings.flatMap(({ orderId }) => orderId ?? [])));
  for (const orderId of [...guilty].slice(0, mostStories)) {
    await tellStory(world, evidence, { orderId, findings, folder });
  }
  if (guilty.size > 0) say(`the stories of ${Math.min(guilty.size, mostStories)} orders are in ${folder}`);
  return verdicts;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.sabotages.length > 0) return runSabotaged(options, say);
  say(`seed ${options.seed}`);
  const world = await startWorld({ seed: options.seed, payWindow: options.payWindow, say });
  let code = 2;
  try {
    say('all processes are up');
    const verdicts = await runAll(world, options);
    if (verdicts.some(({ findings }) => findings.length > 0)) code = 1;
    else code = verdicts.every(({ passed }) => passed) ? 0 : 3;
    for (const { findings } of verdicts) {
      for (const { invariant, harm, orderId, detail } of findings.slice(0, 40)) {
        console.log(`  ${invariant} (${harm}): ${orderId ?? ''} ${detail}`);
      }
    }
    for (const verdict of verdicts) console.log(lineOf(verdict, options.seed));
    if (options.json) writeFileSync(options.json, `${JSON.stringify(reportOf(options, verdicts), null, 2)}\n`);
    const good = verdicts.filter((verdict) => verdict.passed).length;
    console.log(`${good} passed, ${verdicts.length - good} failed`);
  } finally {
    if (code !== 0) say(`the logs stay in ${join(world.home, 'logs')}`);
    await world.close(code !== 0);
  }
  return code;
}

main().then(
  (code) => process.exit(code),
  (failure: unknown) => {
    console.error(failure);
    console.error(usage);
    process.exit(2);
  },
);
