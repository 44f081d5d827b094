import { assert } from '../../domain/invariant.js';
import type { Lane, Lease, LeaseAsked } from './tokens.js';
import { createWaitingRoom, type Asking, type Priority, type WaitingRoom } from './waiting-room.js';

export type Turn = { readonly kind: 'now' } | { readonly kind: 'later'; readonly why: string };

type Later = Extract<Turn, { kind: 'later' }>;

/** Nobody queues longer than this in here: Temporal waits more cheaply, and shows it. */
const longestQueueMs = 5_000;
/** A turn that nobody used by then is lost: what is taken for nothing must not make a burst later. */
const turnKeepsMs = 1_000;
const shortestAskMs = 20;
const askAgainMs = 1_000; // when nobody could say

/** Who may take turns how far ahead. A poll of another process never stands between a mint and its turn for longer than that. */
const horizonsMs: Readonly<Record<Priority, number>> = {
  mint: 4_000,
  decision: 3_000,
  poll: 2_000,
  reconcile: 1_000,
  sweep: 1_000,
};

const busy: Later = { kind: 'later', why: 'over the quota of this account' };
const unknown: Later = { kind: 'later', why: 'the quota of this account cannot be asked' };

interface QuotaOptions extends Omit<Lane, 'name'> {
  readonly clock: () => number; // in milliseconds; it need not know the date
  readonly lease: (asked: LeaseAsked) => Promise<Lease>;
}

/**
 * One process's part of a lane. Turns are leased from whoever counts for all processes, a second's worth at a time, so that
 * one statement serves several calls; who uses them is decided when they come, by priority and then by merchant in turn.
 *
 * - idle: nobody waits. Turns that are left over are used by whoever comes within a second, else lost.
 * - waiting for a turn: turns are leased that have not come yet. A timer runs to the first.
 * - asking: there is none, and the counter is being asked, one question at a time.
 * - resting: the counter had none to give; a timer runs until it may, or somebody comes who may look farther ahead. Could
 *   nobody say, all who wait are sent away first: a call never goes out uncounted.
 *
 * In each state whoever has waited for five seconds is sent away.
 */
export function createQuota({ perSecond, burst, clock, lease }: QuotaOptions) {
  assert(perSecond > 0 && burst >= 1, 'a quota lets calls through');
  const room = createWaitingRoom<Turn>();
  const everyMs = 1000 / perSecond;
  const handful = Math.min(50, Math.max(1, Math.ceil(perSecond)));
  let turns: number[] = []; // when each comes, the first one first
  let asking = false;
  let askAt = 0;
  let refusedMs = 0; // the horizon up to which there was none
  let timer: NodeJS.Timeout | null = null;

  function arm(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (room.size() === 0) return;
    const next = turns[0] ?? (asking ? Infinity : askAt);
    timer = setTimeout(serve, Math.max(1, Math.ceil(Math.min(next, room.earliestGiveUp()) - clock())));
  }

  function serve(): void {
    const now = clock();
    sendAway(room, now, busy);
    turns = given(turns, room, now);
    const first = room.first();
    // Whoever may look farther ahead than those who were refused does not rest with them.
    const mayAsk = first !== null && (askAt <= now || horizonsMs[first] > refusedMs);
    if (mayAsk && turns.length === 0 && !asking) void ask(first);
    arm();
  }

  async function ask(first: Priority): Promise<void> {
    asking = true;
    refusedMs = horizonsMs[first];
    try {
      const atLeast = Math.min(room.sizeOf(first), handful);
      const got = await lease({ atLeast, atMost: handful, horizonMs: refusedMs });
      const now = clock();
      if (got.kind === 'none') askAt = now + Math.max(shortestAskMs, got.retryAfterMs);
      else turns = Array.from({ length: got.turns }, (_, n) => now + Math.max(0, got.firstInMs + n * got.everyMs));
    } catch {
      askAt = clock() + askAgainMs;
      refusedMs = Infinity;
      sendAway(room, Infinity, unknown);
    } finally {
      asking = false;
    }
    serve();
  }

  return {
    take(asked: Asking): Promise<Turn> {
      const now = clock();
      const there = room.size() > 0 || turns.length > 0 ? turns.length : burst;
      const waitMs = (room.ahead(asked) + 1 - there) * everyMs;
      if (waitMs > longestQueueMs) return Promise.resolve(busy);
      return new Promise((resolve) => {
        room.add(asked, { giveUpAt: now + longestQueueMs, resolve });
        serve();
      });
    },

    /** Sends everybody who waits away. */
    close(): void {
      sendAway(room, Infinity, busy);
      arm();
    },
  };
}

/** Answers whoever will have waited long enough by then. */
function sendAway(room: WaitingRoom<Turn>, now: number, answer: Later): void {
  for (const waiter of room.takeTired(now)) waiter.resolve(answer);
}

/** Gives the turns that have come to whoever is first; answers those that are left. */
function given(turns: readonly number[], room: WaitingRoom<Turn>, now: number): number[] {
  const left = turns.filter((at) => at + turnKeepsMs > now);
  while (left[0] !== undefined && left[0] <= now) {
    const waiter = room.next();
    if (!waiter) break;
    left.shift();
    waiter.resolve({ kind: 'now' });
  }
  return left;
}
