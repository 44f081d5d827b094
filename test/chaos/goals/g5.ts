import { labels, pointOf, sides, type Point } from '../crash/labels.js';
import { launch, reviveDead, sellTo, untilDead } from '../crash/arming.js';
import { createPayers } from '../payers.js';
import type { Placed } from '../shop.js';
import { walkWhile } from '../walks.js';
import { sized, type Goal, type GoalWork } from './goal.js';

const points: readonly Point[] = labels.flatMap((label) => sides.map((side) => ({ label, side })));
const patienceMs = 60_000;

/** Each process dies at each of its doors, before it and after it, with orders on their way. */
export const g5: Goal = {
  id: 'G5',
  what: 'crash points',
  victims: [], // each dies by its own hand
  async run(work) {
    const dying = dieAtEach(work);
    const [died, walks] = await Promise.all([dying, walkWhile(work.world, work.shop, dying)]);
    const faults = points.map((point) => `crash ${pointOf(point)}`);
    return { ...died, walks, payments: [], faults, figures: { points: points.length } };
  },
};

async function dieAtEach({ world, shop, size, tally, say }: GoalWork) {
  const payers = createPayers(world, shop, { four_ipns: 1 }); // an order that passes every door
  const placed: Placed[] = [];
  const matrix: Record<string, string[]> = {};
  const perPoint = size.orders ?? sized(300, size, 2);
  for (const [at, point] of points.entries()) {
    const name = pointOf(point);
    const before = points[at - 1];
    if (before && before.label.process !== point.label.process) await launch(world, before.label.process, null);
    await launch(world, point.label.process, point);
    const purchases = sellTo(shop, payers, { name, count: perPoint });
    const died = await untilDead(world, point.label.process, patienceMs);
    await reviveDead(world, point.label.process);
    const orders = await purchases;
    placed.push(...orders);
    matrix[name] = orders.flatMap(({ orderId }) => orderId ?? []);
    if (died) tally.fired(`crash ${name}`);
    say(`${point.label.process} at ${name}: ${died ? 'died' : 'nobody came by'}`);
  }
  for (const { label } of points.slice(-1)) await launch(world, label.process, null);
  return { placed, manners: payers.manners, matrix };
}
