import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { markPublishedWhereAttempted } from '../../db/deliveries/deliveries.js';
import { claimDue, claimOfEvents, type ClaimedDelivery, type Shares } from '../../db/deliveries/delivery-claims.js';
import type { Pool } from '../../db/pool.js';
import type { Traced } from '../../tracing/traced.js';
import type { EndpointSlots } from '../../webhooks/endpoint-slots.js';
import { attempt, type AttemptDependencies } from './attempt-delivery.js';
import { createClaimLoop, gatherMs, type ClaimRound } from './claim-loop.js';

export interface PublishDependencies extends AttemptDependencies {
  readonly pool: Pool;
  readonly slots: EndpointSlots;
  readonly traced: Traced;
  /** Attempts that this process may have on the wire at once. */
  readonly mostOnTheWire?: number;
  /** Attempts that all processes together may have on the wire for one endpoint. */
  readonly mostPerEndpoint: number;
  /** Starts the workflow that follows the retries of one delivery. */
  readonly startDelivery: (delivery: { id: string; eventType: string; endpointId: string }) => Promise<void>;
  /** What nobody waits for broke: what is due stays due, a claim ends, or reconcile finds it. */
  readonly onFailure: (failure: unknown) => void;
}

/** Makes all attempts, first and later ones; what fails first has from then on a workflow that follows it. */
export interface Publisher {
  /**
   * First attempts of these events. Never fails and never waits long, neither for a slow endpoint nor for a database
   * without a free connection: it goes on without its asker, whose work is done and need not be done again.
   */
  publish(eventIds: readonly string[]): Promise<void>;
  /** Whatever else is due: retries, replays, pings, resumed endpoints, what a dead worker had claimed. */
  publishDue(): Promise<void>;
  /** Resolves when what is on the wire has been answered and recorded; starts nothing new. */
  stop(): Promise<void>;
}

/** An attempt that is under way. */
interface Begun {
  readonly eventId: string;
  readonly ended: Promise<void>;
}

const patienceMs = 1_000;
const startsAtOnce = 16;

export function createPublisher(deps: PublishDependencies): Publisher {
  const { pool, slots, onFailure, mostPerEndpoint: most, mostOnTheWire = 512 } = deps;
  const onTheWire = new Set<Promise<void>>();
  const answered = new Set<string>(); // deliveries whose attempt is over and not yet recorded
  const publishing = new Set<Promise<void>>();
  const starts = pLimit(startsAtOnce);
  // One claim at a time: the next one counts the places that this one has taken, so none is claimed that finds no place.
  const claiming = pLimit(1);
  const claims = createClaimLoop(() => claiming(claimRound), onFailure);

  /** What may be claimed now. The second half of the wire is kept from endpoints that struggle. */
  function offer(): { limit: number; shares: Shares } {
    const firstHalf = Math.floor(mostOnTheWire / 2) - onTheWire.size;
    const limit = firstHalf > 0 ? firstHalf : mostOnTheWire - onTheWire.size;
    return { limit, shares: { ...slots.shares({ scarce: firstHalf <= 0 }), preset: slots.preset, most, answered } };
  }

  async function claimRound(): Promise<ClaimRound> {
    const { limit, shares } = offer();
    if (limit <= 0) return { found: false, lackedPlaces: true };
    const attempts = launch(await claimDue(pool, { shares, limit, from: randomUUID() }));
    return { found: attempts.length > 0, lackedPlaces: shares.free.includes(0) };
  }

  async function claimFor(eventIds: readonly string[]): Promise<readonly Begun[]> {
    const { limit, shares } = offer();
    if (limit <= 0 || claims.isStopped()) return []; // what is due stays due
    return launch(await claimOfEvents(pool, eventIds, { shares, limit }));
  }

  async function firstAttempts(eventIds: readonly string[]): Promise<void> {
    const begun = await claiming(() => claimFor(eventIds));
    await Promise.all([markUntouched(pool, eventIds, begun), ...begun.map(({ ended }) => ended)]);
  }

  /** Begins the attempts; each reports its own failure. */
  const launch = (claimed: readonly ClaimedDelivery[]): readonly Begun[] =>
    claimed.map((delivery) => ({ eventId: delivery.eventId, ended: track(onTheWire, attemptOnce(delivery)) }));

  const attemptOnce = inTrace(deps, async (delivery) => {
    const release = slots.take(delivery.endpointId);
    const next = await attempt(deps, delivery, (outcome) => {
      release(outcome);
      answered.add(delivery.id);
      claims.placeIsFree(); // the next one is claimed while this one is still being recorded
    }).finally(() => answered.delete(delivery.id));
    if (next.kind === 'retry' && !isFollowed(delivery)) await starts(() => deps.startDelivery(delivery));
  });

  function track(among: Set<Promise<void>>, work: Promise<void>): Promise<void> {
    const ended: Promise<void> = work.catch(onFailure).then(() => {
      among.delete(ended);
      claims.placeIsFree();
    });
    among.add(ended);
    return ended;
  }

  return {
    publish: (eventIds) => patiently(track(publishing, firstAttempts(eventIds))),
    publishDue: claims.look,
    async stop() {
      claims.stop();
      while (claims.isLooking() || onTheWire.size + publishing.size > 0) {
        await Promise.all([...onTheWire, ...publishing]);
        await pause(gatherMs);
      }
    },
  };
}

/** The attempt, with the start of the run that follows it, is a step of the order. */
function inTrace(
  { traced }: PublishDependencies,
  attemptOnce: (delivery: ClaimedDelivery) => Promise<void>,
): (delivery: ClaimedDelivery) => Promise<void> {
  return (delivery) => {
    const { orderId, eventType } = delivery;
    return traced({ orderId, name: `deliver ${eventType}` }, () => attemptOnce(delivery));
  };
}

/** Whether a run of its own waits for its next attempt: begun by the first one that failed, and not ended since. */
function isFollowed({ attempts, unfollowed }: ClaimedDelivery): boolean {
  return attempts > 1 && !unfollowed;
}

/** Waits, but not for long: what is under way goes on without its asker. */
async function patiently(work: Promise<unknown>): Promise<void> {
  const answered = new AbortController();
  const enough = pause(patienceMs, undefined, { signal: answered.signal }).catch(() => undefined);
  await Promise.race([work, enough]);
  answered.abort();
}

/** Events of which nothing is to be sent now, as when their endpoints are paused. The others are marked with their attempts. */
async function markUntouched(pool: Pool, eventIds: readonly string[], begun: readonly Begun[]): Promise<void> {
  const touched = new Set(begun.map(({ eventId }) => eventId));
  const untouched = eventIds.filter((id) => !touched.has(id));
  if (untouched.length > 0) await markPublishedWhereAttempted(pool, untouched);
}
