import { setTimeout as pause } from 'node:timers/promises';
import type { Shop } from './shop.js';
import type { World } from './world.js';

/** A walk over the pages of a merchant's orders, as the merchant saw it. */
export interface Walk {
  readonly account: string;
  readonly startedAt: string;
  readonly orderIds: readonly string[]; // page after page
  readonly isWhole: boolean; // to the page that has none after it
}

const pageSize = 10;
const longestMs = 300_000; // then a page counts as never answered

/** Walk after walk while something is done, the last one to its end; a page without an answer is asked for again. */
export async function walkWhile(world: World, shop: Shop, work: Promise<unknown>): Promise<readonly Walk[]> {
  let isDone = false;
  const end = () => (isDone = true);
  work.then(end, end);
  const walks: Walk[] = [];
  do walks.push(await walk(world, shop));
  while (!isDone);
  return walks;
}

async function walk(world: World, shop: Shop): Promise<Walk> {
  const startedAt = new Date().toISOString();
  const orderIds: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await pageAfter(world, shop, cursor);
    if (page === null) return { account: shop.publicId, startedAt, orderIds, isWhole: false };
    orderIds.push(...page.orderIds);
    cursor = page.next;
    await pause(world.chance.between('page-wait', 50, 400)); // so that much is written between two pages
  }
  return { account: shop.publicId, startedAt, orderIds, isWhole: true };
}

async function pageAfter({ chance }: World, shop: Shop, cursor: string) {
  const giveUpAt = Date.now() + longestMs;
  while (Date.now() < giveUpAt) {
    const page = await shop.page({ limit: String(pageSize), ...(cursor === '' ? {} : { cursor }) });
    if (page !== null) return page;
    await pause(chance.between('repeat-page', 300, 1_500));
  }
  return null;
}
