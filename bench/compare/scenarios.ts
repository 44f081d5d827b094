import { createOrders } from '../orders.js';
import { fourWords, oneWord, type Contender } from './contender.js';
import type { Field } from './field.js';
import { measureDoor, type DoorFigures } from './ipn-door.js';
import { latencyOf, type Latency } from './latency.js';
import { coldStarts, startPair } from './pair.js';
import type { Plan, Scenario } from './plan.js';
import type { Costs, Measured } from './report.js';
import { runRounds, warmUp, type Arena } from './rounds.js';
import { fastClocks, payAfterTenMinutes, speedOf, type TenMinutes } from './ten-minutes.js';
import { paidAmongMany, pollCallsAt } from './waiting-orders.js';

/** One after the other: whoever waits, or has waited, is there until the end, so that comes last. */
export async function runAll(arena: Arena, field: Field, plan: Plan): Promise<Measured> {
  const { ours, rivals, floors, stack } = field;
  const run = async <Result>(scenario: Scenario, work: () => Promise<Result>): Promise<Result | null> => {
    if (!plan.isIn(scenario)) return null;
    arena.say(scenario);
    return work();
  };
  const { load } = plan;
  arena.say('everybody warms up');
  await warmUp([ours, ...floors(1), ...rivals], load.clients);
  const burst = { ...load, orders: plan.burst, clients: plan.burst, way: oneWord };
  return {
    coldStart: await run('cold_start', () => coldStarts(stack, plan.coldStarts)),
    oneIpn: await run('one_ipn', () => runRounds(arena, [ours, ...floors(1), ...rivals], { ...load, way: oneWord })),
    fourIpns: await run('four_ipns', () =>
      runRounds(arena, [ours, ...floors(2), ...rivals], { ...load, way: fourWords }),
    ),
    burst: await run('burst', () => runRounds(arena, [ours, floors(1)[0]!], burst)),
    latencies: await run('latency', () => latencies(arena, field, plan)),
    door: await run('ipn_door', () => door(field, plan)),
    tenMinutes: await run('ten_minutes', () => tenMinutes(arena, field, plan)),
    twoOfEach: await run('two_of_each', () => twoOfEach(arena, field, plan)),
    waiting: await run('waiting', () => paidAmongMany(arena, field, plan)),
    pollCallsPerMinute: await run('poll_calls', () =>
      pollCallsAt(stack, ours, { open: 10_000, waiting: plan.isIn('waiting') ? plan.waiting : 0, minutes: 2 }),
    ),
  };
}

async function latencies({ client, say }: Arena, { ours, rivals, floors }: Field, plan: Plan) {
  const found = new Map<string, Latency>();
  const contenders = [ours, ...floors(1), ...rivals].slice(0, plan.isQuick ? 2 : undefined);
  for (const contender of contenders) {
    say(`  ${plan.pace.count} at ${plan.pace.perSecond} a second: ${contender.name}`);
    found.set(contender.name, await latencyOf(client, contender, plan.pace));
  }
  return found;
}

/** Notices of orders that are open: one of an order that nobody knows goes another way. */
async function door({ stack, pool, ours }: Field, { notices }: Plan): Promise<DoorFigures> {
  const ids: string[] = [];
  for (let index = 0; index < 20; index += 1) ids.push(await ours.checkout());
  const sql = `select id as "orderId", payment_id as "paymentId" from orders where id = any($1)`;
  const { rows: orders } = await pool.query<{ orderId: string; paymentId: string }>(sql, [ids]);
  const { api_url: apiUrl, ipn_secret: secret } = stack.devFile;
  return measureDoor({ ours, apiUrl, secret, orders, count: notices });
}

async function tenMinutes({ client, say }: Arena, field: Field, plan: Plan) {
  const { stack, pool, ours, rivals } = field;
  const { waitMs } = plan.tenMinutes;
  const work = { ...plan.tenMinutes, clients: plan.load.clients };
  const found = new Map<string, TenMinutes>();
  const run = async (contender: Contender) => {
    say(`  ten minutes in ${waitMs / 1000} s: ${contender.name}`);
    found.set(contender.name, await payAfterTenMinutes(client, contender, work));
  };
  const pair = await startPair(stack, fastClocks(waitMs));
  const fast = createOrders(stack.devFile, pool, [pair.apiUrl]);
  try {
    await run({ ...fast, name: ours.name });
  } finally {
    await fast.close();
    await pair.stop();
  }
  for (const rival of rivals.slice(0, plan.isQuick ? 1 : undefined)) await run(rival.asking(60_000 / speedOf(waitMs)));
  return found;
}

/** Beside one of each in the same rounds. The notices go to the API that the payment's worker was told of. */
async function twoOfEach(arena: Arena, { stack, pool, ours }: Field, { load }: Plan): Promise<Costs> {
  const apiUrls = [stack.devFile.api_url];
  const orders = createOrders(stack.devFile, pool, apiUrls);
  const two: Contender = {
    ...orders,
    name: `${ours.name}, two of each`,
    prepare: async () => {
      const pair = await startPair(stack);
      apiUrls.push(pair.apiUrl);
      return async () => {
        apiUrls.pop();
        await pair.stop();
      };
    },
  };
  try {
    return await runRounds(arena, [ours, two], { ...load, way: oneWord });
  } finally {
    await orders.close();
  }
}
