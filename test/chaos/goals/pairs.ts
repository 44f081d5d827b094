import { launch, reviveDead, sellTo, untilDead } from '../crash/arming.js';
import { mainEight, pointOf, sides, type Point } from '../crash/labels.js';
import { createPayers, type Payers } from '../payers.js';
import type { Placed } from '../shop.js';
import { walkWhile } from '../walks.js';
import { sized, type Goal, type GoalWork } from './goal.js';

type Pair = readonly [first: Point, second: Point];

/** Of the main eight any two, as an order passes them, also one twice; each before and after. */
const allPairs: readonly Pair[] = mainEight.flatMap((label, at) =>
  sides.flatMap((side) =>
    mainEight.slice(at).flatMap((later) =>
      sides.map((other): Pair => [
        { label, side },
        { label: later, side: other },
      ]),
    ),
  ),
);
const nameOf = ([first, second]: Pair) => `${pointOf(first)}+${pointOf(second)}`;

const patienceMs = 60_000;
const patienceWithTheFirstMs = 20_000; // what died once was taken over by then: past the ten seconds of a workflow task

/** A process dies at a door, and what it left dies at another one. The seed draws as many pairs as the scale says. */
export const pairs: Goal = {
  id: 'PAIRS',
  what: 'crash points, two at a time',
  victims: [], // each dies by its own hand
  async run(work) {
    const drawn = work.world.chance.shuffled('pairs', allPairs).slice(0, sized(allPairs.length, work.size, 2));
    const dying = dieTwice(work, drawn);
    const [died, walks] = await Promise.all([dying, walkWhile(work.world, work.shop, dying)]);
    const faults = drawn.map((pair) => `crash ${nameOf(pair)}`);
    const figures = { pairs: drawn.length, by_the_same: died.byTheSame };
    return { ...died, walks, payments: [], faults, figures };
  },
};

async function dieTwice(work: GoalWork, drawn: readonly Pair[]) {
  const payers = createPayers(work.world, work.shop, { four_ipns: 1 }); // an order that passes every door
  const placed: Placed[] = [];
  const matrix: Record<string, string[]> = {};
  let byTheSame = 0;
  for (const pair of drawn) {
    const name = nameOf(pair);
    const { orders, fell } = await die(work, payers, pair);
    placed.push(...orders);
    matrix[name] = orders.flatMap(({ orderId }) => orderId ?? []);
    if (fell !== 'once at most') work.tally.fired(`crash ${name}`);
    if (fell === 'with the first') byTheSame += 1;
    work.say(`${name}: ${fell}`);
  }
  return { placed, manners: payers.manners, matrix, byTheSame };
}

/** Both are armed before anybody comes, or, of one kind, the second as the first has died. */
async function die({ world, shop, size }: GoalWork, payers: Payers, pair: Pair) {
  const [first, second] = pair;
  const isOneKind = first.label.process === second.label.process;
  const count = size.orders ?? 2;
  if (!isOneKind) await launch(world, second.label.process, second);
  await launch(world, first.label.process, first);
  const early = sellTo(shop, payers, { name: nameOf(pair), count });
  const diedFirst = await untilDead(world, first.label.process, patienceMs);
  if (isOneKind) await launch(world, second.label.process, second);
  else await reviveDead(world, first.label.process);
  const withTheFirst = await untilDead(world, second.label.process, patienceWithTheFirstMs);
  // What the first left may never pass this door again: a payment that was made is found, not made anew.
  const late = withTheFirst ? [] : sellTo(shop, payers, { name: `${nameOf(pair)}+others`, count });
  const diedSecond = withTheFirst || (await untilDead(world, second.label.process, patienceMs));
  for (const process of new Set([first.label.process, second.label.process])) await launch(world, process, null);
  const orders = [...(await early), ...(await late)];
  if (!diedFirst || !diedSecond) return { orders, fell: 'once at most' } as const;
  return { orders, fell: withTheFirst ? 'with the first' : 'with others' } as const;
}
