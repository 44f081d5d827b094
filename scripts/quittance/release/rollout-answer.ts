import { unserved, whyNeeded, type Rollout } from '../../../src/domain/releases/rollout.js';
import type { Answer } from '../answer.js';

/** The releases, the newest first: a line each, and one for each whose orders stand still. */
export function rolloutAnswer(rollout: Rollout, nowMs: number): Answer {
  const releases = [...rollout.releases]
    .sort((left, right) => Date.parse(right.firstSeenAt) - Date.parse(left.firstSeenAt))
    .map((release) => ({ ...release, whyNeeded: whyNeeded(rollout, release.build, nowMs) }));
  const alone = unserved(rollout, nowMs);
  return {
    lines: [
      ...releases.map(
        ({ build, whyNeeded: why, isPolled }) =>
          `${build.padEnd(20)} ${isPolled ? 'workers' : 'no workers'.padEnd(7)}  ${why ?? 'empty: its workers may go'}`,
      ),
      ...alone.map((build) => `LOOK orders of ${build} stand still: start workers of it, or quittance release restart`),
    ],
    json: {
      current: rollout.current,
      ramping: rollout.ramping,
      percent: rollout.percent,
      releases: releases.map(({ build, openOrders, isPolled, whyNeeded: why }) => {
        return { build, open_orders: openOrders, has_workers: isPolled, drained: why === null, why };
      }),
    },
    needsPerson: alone.length > 0,
  };
}
