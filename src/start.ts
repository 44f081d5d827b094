import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from './config.js';
import { answers, unsafeSettings } from './db/durability.js';
import { createPool, type Pool } from './db/pool.js';
import type { Logger } from './log.js';
import { startWaitsForTemporal, isWorldsFault } from './outage.js';
import { lazyClient } from './temporal/connection.js';

const firstWaitMs = 250;
const longestWaitMs = 2_000;
const sayEveryMs = 5_000;
const answerWithinMs = 5_000;

/** Something outside that a process cannot work without. */
export interface Needed {
  readonly what: string;
  /** Throws while it is away, and when it can never be used: a wrong password, an unknown database. */
  ask(): Promise<void>;
  isAway(failure: unknown): boolean;
}

/** Waits as long as it takes, with a line every few seconds. What no waiting mends is thrown at once. */
export async function waitFor({ what, ask, isAway }: Needed, log: Logger): Promise<void> {
  let saidAt = -Infinity;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      await ask();
      if (saidAt !== -Infinity) log.info({ what }, `${what} is there`);
      return;
    } catch (failure) {
      if (!isAway(failure)) throw failure;
      if (performance.now() - saidAt >= sayEveryMs) {
        saidAt = performance.now();
        log.warn({ what, failure: String(failure) }, `waiting for ${what}`);
      }
      await pause(waitMs);
    }
  }
}

/** What somebody opened on purpose is said at every start, so that it is not forgotten. */
export function sayWhatIsOpen({ webhookAllowTargets, allowPlaintextTo }: Config, log: Logger): void {
  if (webhookAllowTargets.length > 0) {
    log.warn({ targets: webhookAllowTargets }, 'deliveries may go to these without the rules; refused in production');
  }
  if (allowPlaintextTo.length > 0) {
    log.warn({ servers: allowPlaintextTo }, 'ALLOW_PLAINTEXT_TO: these are spoken to without TLS');
  }
}

/** PostgreSQL, by its own word: reachable, ours, and one that keeps what it confirmed. */
export function neededDatabase({ databaseUrl, production }: Config, log: Logger): Needed {
  return {
    what: 'PostgreSQL',
    isAway: isWorldsFault,
    async ask() {
      const unsafe = await asking(databaseUrl, unsafeSettings);
      if (unsafe.length === 0) return;
      if (production) throw new Error(`PostgreSQL runs with ${unsafe.join(', ')} off: a crash would lose orders`);
      log.warn({ unsafe }, 'this PostgreSQL would lose orders in a crash; refused in production');
    },
  };
}

/** PostgreSQL, whatever it keeps. */
export function reachableDatabase(databaseUrl: string): Needed {
  return { what: 'PostgreSQL', isAway: isWorldsFault, ask: async () => void (await asking(databaseUrl, answers)) };
}

async function asking<Answer>(url: string, ask: (pool: Pool) => Promise<Answer>): Promise<Answer> {
  const pool = createPool({ url, max: 1, applicationName: 'quittance-boot', onError: () => {} });
  return ask(pool)
    .catch(refusedDatabase)
    .finally(() => pool.end());
}

function refusedDatabase(failure: unknown): never {
  if (isWorldsFault(failure) || !(failure instanceof Error)) throw failure;
  throw new Error(`DATABASE_URL cannot be used: ${failure.message}`, { cause: failure });
}

/** Temporal, with the namespace that is set. */
export function neededTemporal(): Needed {
  return {
    what: 'Temporal',
    isAway: startWaitsForTemporal,
    async ask() {
      const { client, close } = lazyClient({});
      const { connection, options } = client;
      try {
        await connection.withDeadline(Date.now() + answerWithinMs, () =>
          connection.workflowService.describeNamespace({ namespace: options.namespace }),
        );
      } finally {
        await close();
      }
    },
  };
}
