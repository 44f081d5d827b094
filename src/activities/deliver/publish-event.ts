import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { markPublishedWhereAttempted } from '../../db/deliveries/deliveries.js';
import {
  claimDue,
  claimOfEvents,
  unclaim,
  type ClaimedDelivery,
  type Shares,
} from '../../db/deliveries/delivery-claims.js';
import type { SlotOutcome } from '../../webhooks/endpoint-slots.js';
import { attempt, postponeMs, type DeliveryDependencies } from './attempt-delivery.js';
import { createClaimLoop, gatherMs, type ClaimRound } from './claim-loop.js';

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
const startsAtOnce = 16;

export function createPublisher(deps: PublishDependencies): Publisher {
  const { pool, slots, onFailure } = deps;
  const onTheWire = new Set<Promise<void>>();
  const starts = pLimit(startsAtOnce);
  const claims = createClaimLoop(claimRound, onFailure);

  const shares = (): Shares => ({ ...slots.shares(), preset: slots.preset });
  const room = () => mostOnTheWire - onTheWire.size;

  async function claimRound(): Promise<ClaimRound> {
    const offered = shares();
    const limit = room();
    if (limit <= 0) return { found: false, lackedPlaces: true };
    const claimed = await claimDue(pool, { shares: offered, limit, from: randomUUID() });
    void launch(claimed); // each reports its own failure
    return { found: claimed.length > 0, lackedPlaces: offered.free.includes(0) };
  }

  /** Begins the attempts. What finds no place after all is due again in a moment. */
  function launch(claimed: readonly ClaimedDelivery[]): readonly Promise<void>[] {
    const attempts: Promise<void>[] = [];
    const postponed: string[] = [];
    for (const delivery of claimed) {
      const release = slots.take(delivery.endpointId);
      if (release) attempts.push(track(firstAttempt(delivery, release)));
      else postponed.push(delivery.id);
    }
    if (postponed.length > 0) unclaim(pool, postponed, postponeMs).catch(onFailure);
    return attempts;
  }

  async function firstAttempt(delivery: ClaimedDelivery, release: (outcome: SlotOutcome) => void): Promise<void> {
    const record = await attempt(deps, delivery, (outcome) => {
      release(outcome);
      claims.placeIsFree(); // the next one is claimed while this one is still being recorded
    });
    if (record.next.kind === 'retry') await starts(() => deps.startDelivery(delivery));
  }

  function track(attempting: Promise<void>): Promise<void> {
    const ended: Promise<void> = attempting.catch(onFailure).then(() => {
      onTheWire.delete(ended);
      claims.placeIsFree();
    });
    onTheWire.add(ended);
    return ended;
  }

  return {
    async publish(eventIds) {
      const limit = room();
      if (limit <= 0 || claims.isStopped()) return; // what is due stays due
      const attempts = launch(await claimOfEvents(pool, eventIds, { shares: shares(), limit }));
      await patiently(Promise.all(attempts));
      await markPublishedWhereAttempted(pool, eventIds);
    },
    publishDue: claims.look,
    async stop() {
      claims.stop();
      while (claims.isLooking() || onTheWire.size > 0) {
        await Promise.all(onTheWire);
        await pause(gatherMs);
      }
    },
  };
}

/** Waits for the attempts, but not long for a slow one: it goes on without its asker. */
async function patiently(attempts: Promise<unknown>): Promise<void> {
  const answered = new AbortController();
  const enough = pause(patienceMs, undefined, { signal: answered.signal }).catch(() => undefined);
  await Promise.race([attempts, enough]);
  answered.abort();
}
