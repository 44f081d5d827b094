import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { markPublishedWhereAttempted } from '../../db/deliveries/deliveries.js';
import type { ClaimedDelivery, Shares } from '../../db/deliveries/delivery-claims.js';
import { claimDue, claimOfEvents, unclaim } from '../../db/deliveries/delivery-claims.js';
import type { SlotOutcome } from '../../webhooks/endpoint-slots.js';
import type { DeliveryDependencies } from './attempt-delivery.js';
import { attempt, postponeMs } from './attempt-delivery.js';

export interface PublishDependencies extends DeliveryDependencies {
  /** Starts the workflow that lives through the retries of one delivery. */
  readonly startDelivery: (delivery: { id: string; eventType: string; endpointId: string }) => Promise<void>;
  /** An attempt whose outcome nobody waits for broke: its claim ends, or reconcile finds it. */
  readonly onFailure: (failure: unknown) => void;
}

/** Makes first attempts; what fails goes on in a workflow of its own. */
export interface Publisher {
  /** First attempts of these events. Does not wait long for a slow endpoint: the attempt goes on without its asker. */
  publish(eventIds: readonly string[]): Promise<void>;
  /** First attempts that nobody makes otherwise: replays, pings, resumed endpoints, a worker that died. */
  publishDue(): Promise<void>;
  /** Resolves when what is on the wire has been answered and recorded; starts nothing new. */
  stop(): Promise<void>;
}

const mostOnTheWire = 512;
const patienceMs = 1_000;
const gatherMs = 10; // between claims: places become free one by one, and are filled many at a time
const startsAtOnce = 16;

export function createPublisher(deps: PublishDependencies): Publisher {
  const onTheWire = new Set<Promise<void>>();
  const starts = pLimit(startsAtOnce);
  let [stopped, looking, hasMore, freed] = [false, false, false, false];

  const shares = (): Shares => ({ ...deps.slots.shares(), preset: deps.slots.preset });
  const room = () => mostOnTheWire - onTheWire.size;

  function launch(claimed: readonly ClaimedDelivery[]): readonly Promise<void>[] {
    const placed = claimed.map((delivery) => ({ delivery, release: deps.slots.take(delivery.endpointId) }));
    const postponed = placed.filter(({ release }) => !release).map(({ delivery }) => delivery.id);
    if (postponed.length > 0) unclaim(deps.pool, postponed, postponeMs).catch(deps.onFailure);
    return placed.flatMap(({ delivery, release }) => (release ? [track(firstAttempt(delivery, release))] : []));
  }

  async function firstAttempt(delivery: ClaimedDelivery, release: (outcome: SlotOutcome) => void): Promise<void> {
    const record = await attempt(deps, delivery, (outcome) => (release(outcome), placeIsFree()));
    if (record.next.kind === 'retry') await starts(() => deps.startDelivery(delivery));
  }

  /** The next one is claimed while the last one is still being recorded. */
  function placeIsFree(): void {
    freed = true;
    if (hasMore && !stopped) void look().catch(deps.onFailure);
  }

  function track(attempting: Promise<void>): Promise<void> {
    const ended: Promise<void> = attempting.catch(deps.onFailure).then(() => {
      onTheWire.delete(ended);
      placeIsFree();
    });
    onTheWire.add(ended);
    return ended;
  }

  /** Claims what is due, round after round, for as long as something is found or places become free. */
  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      do {
        freed = false;
        const [offered, limit] = [shares(), room()];
        const claimed = limit > 0 ? await claimDue(deps.pool, { shares: offered, limit, from: randomUUID() }) : [];
        void launch(claimed); // each reports its own failure
        const found = claimed.length > 0;
        hasMore = found || limit <= 0 || offered.free.includes(0);
        if (found) await pause(gatherMs);
        if (!found && !(hasMore && freed)) break;
      } while (!stopped);
    } finally {
      looking = false;
    }
  }

  return {
    async publish(eventIds) {
      const limit = room();
      if (limit <= 0 || stopped) return; // what is due stays due
      const attempts = launch(await claimOfEvents(deps.pool, eventIds, { shares: shares(), limit }));
      await patiently(Promise.all(attempts));
      await markPublishedWhereAttempted(deps.pool, eventIds);
    },
    publishDue: () => (stopped ? Promise.resolve() : look()),
    async stop() {
      stopped = true;
      for (; looking || onTheWire.size > 0; await pause(gatherMs)) await Promise.all(onTheWire);
    },
  };
}

async function patiently(attempts: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise((resolve) => (timer = setTimeout(resolve, patienceMs)));
  await Promise.race([attempts, enough]);
  clearTimeout(timer);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
