import type { Logger } from './log.js';
import { isWorldsFault } from './outage.js';

/**
 * For failures that nobody caught. An outage that reached nobody, such as a connection that broke while nothing ran on
 * it, is no reason to end a process: whoever needed it fails and tries again. Anything else is a bug, after which nothing
 * that is in memory can be trusted.
 */
export function outliveOutages(log: Logger): void {
  const judge = (failure: unknown) => {
    if (isWorldsFault(failure)) {
      log.error({ failure: describe(failure) }, 'an outage that nobody listened for; going on');
      return;
    }
    log.fatal({ failure: describe(failure) }, 'a bug: this process ends');
    process.exit(1);
  };
  process.on('uncaughtException', judge);
  process.on('unhandledRejection', judge);
}

function describe(failure: unknown): string {
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}
