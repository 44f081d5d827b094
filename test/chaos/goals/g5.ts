import { eventually } from '../../support/eventually.js';
import { labels, pointOf, type Label, type Side } from '../crash/labels.js';
import { createPayers, type Mixture } from '../payers.js';
import type { Placed } from '../shop.js';
import type { World } from '../world.js';
import { sized, type Goal, type GoalWork } from './goal.js';

const plain: Mixture = { four_ipns: 1 }; // an order that passes every door
const patienceMs = 60_000;

const points = labels.flatMap((label) =>
  (['before', 'after'] as const satisfies readonly Side[]).map((side) => ({ label, side })),
);

/** Each process dies at each of its doors, before it and after it, with orders on their way. */
export const g5: Goal = {
  id: 'G5',
  what: 'crash points',
  faults: points.map(({ label, side }) => `crash ${pointOf(label, side)}`),
  async run(work) {
    const { world, size, tally, say } = work;
    const payers = createPayers(world, work.shop, plain);
    const placed: Placed[] = [];
    const matrix: Record<string, string[]> = {};
    const perPoint = size.orders ?? sized(300, size, 2);
    for (const [at, { label, side }] of points.entries()) {
      const point = pointOf(label, side);
      const before = points[at - 1]?.label;
      if (before && before.process !== label.process) await launch(world, before, null);
      await launch(world, label, point);
      const { orders, died } = await sellUntilDead(work, payers.pay, { point, label, perPoint });
      placed.push(...orders);
      matrix[point] = orders.flatMap(({ orderId }) => orderId ?? []);
      if (died) tally.fired(`crash ${point}`);
      say(`${label.process} at ${point}: ${died ? 'died' : 'nobody came by'}`);
    }
    for (const { label } of points.slice(-1)) await launch(world, label, null);
    return { placed, manners: payers.manners, payments: [], figures: { points: points.length }, matrix };
  },
};

const processesOf = (world: World, label: Label) => world.victims.filter(({ kind }) => kind === label.process);
const dead = (world: World, label: Label) => processesOf(world, label).filter((victim) => !victim.isUp());

/** All processes that may pass this door start anew, with the point at which they are to die, or none. */
async function launch(world: World, label: Label, point: string | null): Promise<void> {
  for (const victim of processesOf(world, label)) {
    await victim.kill();
    await victim.start(point === null ? {} : { CRASH_AT: point });
  }
}

/** Merchants and payers come until somebody died; then the dead come back, so that what they held goes on. */
async function sellUntilDead(
  { world, shop }: GoalWork,
  pay: (order: Placed, isLast: boolean) => Promise<void>,
  { point, label, perPoint }: { point: string; label: Label; perPoint: number },
): Promise<{ orders: Placed[]; died: boolean }> {
  const purchases = Array.from({ length: perPoint }, async (_, n) => {
    const placed = await shop.place(`${shop.publicId}-${point}-${n}`);
    await pay(placed, true);
    return placed;
  });
  const died = await eventually(() => assertDead(world, label), { timeoutMs: patienceMs }).then(
    () => true,
    () => false,
  );
  for (const victim of dead(world, label)) await victim.start();
  return { orders: await Promise.all(purchases), died };
}

function assertDead(world: World, label: Label): void {
  if (dead(world, label).length === 0) throw new Error(`nobody passed ${label.name}`);
}
