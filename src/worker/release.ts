import type { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { Logger } from '../log.js';
import { deploymentName, promoteRelease, readRollout } from '../temporal/releases.js';
import type { QueueNames } from '../workflows/messages.js';
import { startLoop, type Loop } from './loop.js';

const tryAgainMs = 1_000;

/**
 * What a worker says of its release. Each workflow says for itself whether it goes on with the release that is current (deliveries,
 * sweep, reconcile) or stays with its own (orders). What is said here counts where none of its code runs: a task in which nothing
 * is left to do, such as the end of a poll that was called off, is answered by Temporal's SDK alone. An order that moves on by it
 * would be handed to a release whose workflow may be another one, and stand still.
 */
export function ofRelease(buildId: string | null): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === null) return {};
  const version = { deploymentName, buildId };
  const defaultVersioningBehavior = 'PINNED';
  return { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior } };
}

interface At {
  readonly client: Client;
  readonly queues: QueueNames;
  readonly log: Logger;
}

/**
 * An installation whose first workers say of which release they are has none that takes its orders: the first one does so by
 * itself, once it polls. Every later one waits for an operator's word.
 */
export function beCurrentWhereNoneIs({ client, queues, log }: At, buildId: string | null): Pick<Loop, 'stop'> {
  if (buildId === null) return { stop: async () => {} };
  let isDone = false;
  return startLoop({ everyMs: tryAgainMs, log, name: 'first release' }, async () => {
    if (isDone) return;
    const rollout = await readRollout(client, queues.orders);
    if (!rollout?.releases.some(({ build, isPolled }) => build === buildId && isPolled)) return; // not seen to poll yet
    if (rollout.current === null && rollout.ramping === null) {
      await promoteRelease(client, buildId);
      log.info({ release: buildId }, 'no release was current: this one is');
    } else if (rollout.current !== buildId) {
      log.info(
        { release: buildId, current: rollout.current },
        'this release waits for its orders: quittance release promote',
      );
    }
    isDone = true;
  });
}
