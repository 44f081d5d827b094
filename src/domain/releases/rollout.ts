import { minute } from '../timing.js';

/** One version of the workers, as Temporal knows it. */
export interface Release {
  readonly build: string;
  readonly firstSeenAt: string; // when a worker of it first polled
  readonly wasCurrent: boolean; // it took all new orders once, or does now
  readonly restingSince: string | null; // when it last ceased to take new orders
  readonly openOrders: number; // that it began, and that are with it still
  readonly isPolled: boolean; // a worker of it is there
}

export interface Rollout {
  readonly current: string | null; // takes new orders
  readonly ramping: string | null; // takes some of them
  readonly percent: number; // how many
  readonly releases: readonly Release[];
}

// Word of a switch takes a moment to reach all of Temporal, and so do its list's new orders.
const settlesInMs = minute;

/** What a rollback comes to: the end of a ramp, or the release before the current one; null: there is none. */
export function rollbackOf(rollout: Rollout): { readonly ramp: 'ends' } | { readonly promote: string } | null {
  if (rollout.ramping !== null) return { ramp: 'ends' };
  const current = releaseOf(rollout, rollout.current);
  if (!current) return null;
  const before = rollout.releases
    .filter(({ wasCurrent, firstSeenAt }) => wasCurrent && instant(firstSeenAt) < instant(current.firstSeenAt))
    .sort((left, right) => instant(right.firstSeenAt) - instant(left.firstSeenAt));
  return before[0] ? { promote: before[0].build } : null;
}

/** Why a release cannot take orders; null: it can. */
export function whyNotReady(rollout: Rollout, build: string): string | null {
  const release = releaseOf(rollout, build);
  if (!release) return 'no worker of it has ever been seen';
  return release.isPolled ? null : 'no worker of it is there now';
}

/** Why the workers of a release may not go yet; null: nobody needs them. */
export function whyNeeded(rollout: Rollout, build: string, nowMs: number): string | null {
  if (build === rollout.current) return 'it is current: new orders begin on it';
  if (build === rollout.ramping) return `it takes ${rollout.percent} % of the new orders`;
  const { openOrders = 0, restingSince = null } = releaseOf(rollout, build) ?? {};
  if (openOrders > 0) return `open orders that it began: ${openOrders}`;
  if (restingSince !== null && nowMs - instant(restingSince) < settlesInMs)
    return 'it took new orders until a moment ago';
  return null;
}

/** Releases that orders need and no worker serves: these orders stand still. */
export function unserved(rollout: Rollout, nowMs: number): string[] {
  return rollout.releases
    .filter(({ build, isPolled }) => !isPolled && whyNeeded(rollout, build, nowMs) !== null)
    .map(({ build }) => build);
}

function releaseOf({ releases }: Rollout, build: string | null): Release | undefined {
  return releases.find((release) => release.build === build);
}

function instant(text: string): number {
  return Date.parse(text);
}
