import { eventually } from '../../support/eventually.js';
import type { Payers } from '../payers.js';
import type { Placed, Shop } from '../shop.js';
import type { Victim } from '../victims.js';
import type { World } from '../world.js';
import { pointOf, type Label, type Point } from './labels.js';

type Process = Label['process'];

const processesOf = (world: World, process: Process): Victim[] => world.victims.filter(({ kind }) => kind === process);
const deadOf = (world: World, process: Process) => processesOf(world, process).filter((victim) => !victim.isUp());

/** All processes of a kind start anew, with the point at which they are to die, or none. */
export async function launch(world: World, process: Process, point: Point | null): Promise<void> {
  for (const victim of processesOf(world, process)) {
    await victim.kill();
    await victim.start(point === null ? {} : { CRASH_AT: pointOf(point) });
  }
}

/** Whether one of the kind died in time. */
export function untilDead(world: World, process: Process, timeoutMs: number): Promise<boolean> {
  const look = () => {
    if (deadOf(world, process).length === 0) throw new Error(`each ${process} lives`);
  };
  return eventually(look, { timeoutMs }).then(
    () => true,
    () => false,
  );
}

/** The dead come back as they are, so that what they held goes on. */
export async function reviveDead(world: World, process: Process): Promise<void> {
  for (const victim of deadOf(world, process)) await victim.start();
}

/** So many merchants and payers at once; resolves when each order has its address and is paid. */
export function sellTo(
  shop: Shop,
  payers: Payers,
  { name, count }: { name: string; count: number },
): Promise<Placed[]> {
  const purchase = async (n: number) => {
    const placed = await shop.place(`${shop.publicId}-${name}-${n}`);
    await payers.pay(placed, true);
    return placed;
  };
  return Promise.all(Array.from({ length: count }, (_, n) => purchase(n)));
}
