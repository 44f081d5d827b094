import type { Say } from './cache.js';
import { type Processes, lastLines } from './processes.js';

export interface Stopping {
  /** Stops what was started so far and ends with the reason; silent when a signal asked for the end. */
  fail(failure: unknown): Promise<void>;
}

/** Ends everything in order on a signal, when a part ends by itself, and when the npm that runs us is killed. */
export function stopOnSignals(processes: Processes, say: Say): Stopping {
  let ending: Promise<void> | undefined;
  let endingSince = 0;

  function end(line: string, exitCode: number): Promise<void> {
    if (ending) return ending;
    endingSince = Date.now();
    ending = (async () => {
      say(line);
      await processes.stopAll();
      say('stopped');
      process.exit(exitCode);
    })();
    return ending;
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Pressed again: the watchdog ends the children. npm passes on the Ctrl-C that we also get, so not at once.
      if (ending && Date.now() - endingSince > 1_000) process.exit(130);
      void end(`stopping (${signal})`, 0);
    });
  }
  processes.onUnexpectedEnd(
    ({ name, logFile }, how) => void end(`${name} ended (${how}). The end of ${logFile}:\n${lastLines(logFile)}`, 1),
  );
  watchNpm(() => void end('stopping: npm is gone', 1));

  return {
    fail: (failure) =>
      end(`\nQuittance cannot start: ${failure instanceof Error ? failure.message : String(failure)}`, 1),
  };
}

/** A killed npm sends no signal, but leaves us to another parent. Without npm a change of parent is normal (nohup). */
function watchNpm(onGone: () => void): void {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return;
  setInterval(() => process.ppid !== parent && onGone(), 1_000).unref();
}
