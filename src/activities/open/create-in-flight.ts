import { setTimeout as pause } from 'node:timers/promises';
import type { OrderRecord } from '../../db/orders/order-record.js';
import { longestCallMs } from '../../gateway/lane/calls.js';
import { existingRecord } from '../order-state.js';
import type { Minting } from './minting.js';

const lookEveryMs = 250;

/**
 * The order's record, once none of its attempts to mint is on the wire any more. A first try that ran out of its time, perhaps in
 * another worker, may yet bring the address: it says so in its intent, a moment later. Whoever looked into the provider's
 * list now would see nothing yet, and come back a quarter of a minute later to an address that had long been there.
 */
export async function answeredIntents({ deps, order }: Minting, record: OrderRecord): Promise<OrderRecord> {
  let seen = record;
  for (;;) {
    const unanswered = seen.mintIntents.find(({ outcome, detail }) => outcome === 'open' && detail === null);
    if (!unanswered || Date.parse(seen.now) - Date.parse(unanswered.startedAt) >= longestCallMs) return seen;
    await pause(lookEveryMs);
    seen = await existingRecord(deps.pool, order.id);
  }
}
