import { setTimeout as pause } from 'node:timers/promises';
import { createPayers, type Manner, type Mixture } from '../payers.js';
import { openShop, type Placed, type Shop } from '../shop.js';
import type { Tally } from '../tally.js';
import type { VictimKind } from '../victims.js';
import { walkWhile, type Walk } from '../walks.js';
import type { World } from '../world.js';

export interface GoalSize {
  readonly scale: number;
  readonly orders: number | null; // null: as many as the goal's scale says
  readonly kills: number | null;
  readonly perSecond: number; // how fast merchants come, whatever is answered
}

export interface GoalWork {
  readonly world: World;
  readonly size: GoalSize;
  readonly shop: Shop;
  readonly tally: Tally;
  say(line: string): void;
}

export interface GoalRun {
  readonly placed: readonly Placed[];
  readonly manners: ReadonlyMap<string, Manner>;
  /** Those who pay late; awaited in the quiet period. */
  readonly payments: readonly Promise<void>[];
  readonly walks: readonly Walk[];
  /** Of which each must have fired for the goal to prove anything: beginnings of names in the tally. */
  readonly faults: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  /** The orders that were on their way when a process died at a point. */
  readonly matrix?: Readonly<Record<string, readonly string[]>>;
}

export interface Goal {
  readonly id: string;
  readonly what: string;
  /** Of which one each is killed at least, whatever the seed draws; no kills where there are none. */
  readonly victims: readonly VictimKind[];
  run(work: GoalWork): Promise<GoalRun>;
}

export async function workOf(world: World, goal: Goal, over: Pick<GoalWork, 'size' | 'tally' | 'say'>) {
  return { ...over, world, shop: await openShop(world, goal.id) } satisfies GoalWork;
}

export const sized = (full: number, { scale }: GoalSize, least = 1): number => Math.max(least, Math.ceil(full * scale));

/** An open loop: purchases begin at their time, however slow the ones before are. Each is placed, then paid. */
export async function sell(
  { world, shop, size, say }: GoalWork,
  { orders, mixture, place }: { orders: number; mixture: Mixture; place?: (key: string) => Promise<Placed> },
): Promise<Pick<GoalRun, 'placed' | 'manners' | 'payments' | 'walks'>> {
  const payers = createPayers(world, shop, mixture);
  const payments: Promise<void>[] = [];
  let answered = 0;
  const purchase = async (n: number): Promise<Placed> => {
    const placed = await (place ?? shop.place)(`${shop.publicId}-${n}`);
    const payment = payers.pay(placed, n > orders / 2);
    payment.catch(() => {}); // told when they are awaited
    payments.push(payment);
    answered += 1;
    if (answered % 50 === 0) say(`${answered} of ${orders} orders have an address`);
    return placed;
  };
  const arrive = async () => {
    const purchases: Promise<Placed>[] = [];
    for (let n = 1; n <= orders; n += 1) {
      purchases.push(purchase(n));
      await pause((1_000 / size.perSecond) * (0.5 + world.chance.fraction('arrival')));
    }
    return Promise.all(purchases);
  };
  const arriving = arrive();
  const [placed, walks] = await Promise.all([arriving, walkWhile(world, shop, arriving)]);
  return { placed, manners: payers.manners, payments, walks };
}
