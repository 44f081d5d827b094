import { setTimeout as pause } from 'node:timers/promises';

/**
 * Looks for what is due, round after round, and rests when there is nothing to gain. At any moment it is in one mode:
 *
 * - `idle`: nobody looks, and the last round left nothing behind. Left by `look`.
 * - `looking`: rounds follow each other, never two at once. A round that found something is followed by another, after a
 *   pause in which places become free many at a time. One that found nothing ends it: as `crowded` when places had been
 *   missing, else as `idle`. It goes on all the same when a place became free while that round was under way: the round
 *   had counted without it, and nobody else would come back for it.
 * - `crowded`: nobody looks, but more may be due than there were places. Left by `look`, and by the first place that
 *   becomes free, so that a place is not empty until somebody happens to ask.
 *
 * A round that breaks is the failure of whoever looked, and leaves the mode that the round before it would have left.
 * Once stopped, the round under way ends what it began, and no other begins.
 */
export interface ClaimLoop {
  /** Looks until there is nothing to gain. Returns at once when somebody looks already. */
  look(): Promise<void>;
  /** To be told of every place that becomes free. */
  placeIsFree(): void;
  stop(): void;
  isStopped(): boolean;
  isLooking(): boolean;
}

export interface ClaimRound {
  readonly found: boolean;
  readonly lackedPlaces: boolean; // what is due may have been left for want of a place
}

/** Between rounds: places become free one by one, and are filled many at a time. */
export const gatherMs = 10;

type Mode = 'idle' | 'looking' | 'crowded';

export function createClaimLoop(round: () => Promise<ClaimRound>, onFailure: (failure: unknown) => void): ClaimLoop {
  let mode: Mode = 'idle';
  let stopped = false;
  let freedMeanwhile = false; // a place, since the round under way counted them

  async function look(): Promise<void> {
    if (stopped || mode === 'looking') return;
    let next: Mode = mode;
    mode = 'looking';
    try {
      do {
        freedMeanwhile = false;
        const { found, lackedPlaces } = await round();
        next = found || lackedPlaces ? 'crowded' : 'idle';
        if (!found && !(lackedPlaces && freedMeanwhile)) return;
        if (found) await pause(gatherMs);
      } while (!stopped);
    } finally {
      mode = next;
    }
  }

  return {
    look,
    placeIsFree() {
      freedMeanwhile = true;
      if (mode === 'crowded') look().catch(onFailure);
    },
    stop() {
      stopped = true;
    },
    isStopped: () => stopped,
    isLooking: () => mode === 'looking',
  };
}
