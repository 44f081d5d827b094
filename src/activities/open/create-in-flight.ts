import { setTimeout as pause } from 'node:timers/promises';
import { mintIntentsOf, type MintIntentRow } from '../../db/money/mint-intents.js';
import type { Minting } from './minting.js';

const longestCallMs = 10_000; // the gateway gives a call up then
const lookEveryMs = 250;

/**
 * The order's attempts to mint, once none of them is on the wire any more. A first try that ran out of its time, perhaps in
 * another worker, may yet bring the address: it says so in its intent, a moment later. Whoever looked into the provider's
 * list now would see nothing yet, and come back a quarter of a minute later to an address that had long been there.
 */
export async function answeredIntents({ deps, order }: Minting): Promise<MintIntentRow[]> {
  for (;;) {
    const intents = await mintIntentsOf(deps.pool, order.id);
    const unanswered = intents.find(({ outcome, detail }) => outcome === 'open' && detail === null);
    if (!unanswered) return intents;
    const ageMs = Date.parse(await deps.now(deps.pool)) - Date.parse(unanswered.startedAt);
    if (ageMs >= longestCallMs) return intents;
    await pause(lookEveryMs);
  }
}
