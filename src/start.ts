import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from './config.js';
import { answers, unsafeSettings } from './db/durability.js';
import { createPool, type Pool } from './db/pool.js';
import { lookAtSession, refusalFault, sessionFault, type Way } from './db/pooler.js';
import type { Logger } from './log.js';
import { Away, startWaitsForTemporal, isWorldsFault } from './outage.js';
import { connectionFault, refusalByTemporal } from './temporal/connection-faults.js';
import { connectionSettings, lazyClient, type TemporalAddress } from './temporal/connection.js';

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
export function neededDatabase({ databaseUrl, databaseDirectUrl, production }: Config, log: Logger): Needed {
  return {
    what: 'PostgreSQL',
    isAway: isWorldsFault,
    async ask() {
      const way = { variable: 'DATABASE_URL', isPooled: databaseDirectUrl !== null } as const;
      const unsafe = await asking({ ...way, url: databaseUrl }, unsafeSettings);
      if (databaseDirectUrl !== null) await asking({ ...direct, url: databaseDirectUrl }, answers);
      if (unsafe.length === 0) return;
      if (production) throw new Error(`PostgreSQL runs with ${unsafe.join(', ')} off: a crash would lose orders`);
      log.warn({ unsafe }, 'this PostgreSQL would lose orders in a crash; refused in production');
    },
  };
}

const direct = { variable: 'DATABASE_DIRECT_URL', isPooled: false } as const;

/** PostgreSQL itself, whatever it keeps. `variable` says where the address stands. */
export function reachableDatabase(url: string, variable: Way['variable'] = 'DATABASE_URL'): Needed {
  const way = { variable, isPooled: false, url };
  return { what: 'PostgreSQL', isAway: isWorldsFault, ask: async () => void (await asking(way, answers)) };
}

/** Asks on a connection of this way, once it is what it has to be. */
async function asking<Answer>(
  { url, ...way }: Way & { readonly url: string },
  ask: (pool: Pool) => Promise<Answer>,
): Promise<Answer> {
  const silent = { namedStatements: false, onError: () => {} };
  const pool = createPool({ url, isPooled: way.isPooled, ...silent, max: 1, applicationName: 'quittance-boot' });
  try {
    const fault = sessionFault(way, await lookAtSession(pool));
    if (fault !== null) throw new Unusable(fault);
    return await ask(pool);
  } catch (failure) {
    return refusedDatabase(way, failure);
  } finally {
    await pool.end();
  }
}

class Unusable extends Error {}

function refusedDatabase(way: Way, failure: unknown): never {
  const fault = refusalFault(way, failure);
  if (fault !== null) throw new Unusable(fault, { cause: failure });
  if (failure instanceof Unusable || isWorldsFault(failure) || !(failure instanceof Error)) throw failure;
  throw new Error(`${way.variable} cannot be used: ${failure.message}`, { cause: failure });
}

/** Temporal, with the namespace that is set. */
export function neededTemporal(temporal: TemporalAddress = {}): Needed {
  return {
    what: 'Temporal',
    isAway: startWaitsForTemporal,
    async ask() {
      const { client, close } = lazyClient(temporal);
      const { connection, options } = client;
      try {
        await connection.withDeadline(Date.now() + answerWithinMs, () =>
          connection.workflowService.describeNamespace({ namespace: options.namespace }),
        );
      } catch (failure) {
        await explain(failure, temporal);
        throw failure;
      } finally {
        await close();
      }
    },
  };
}

/** Throws what stands behind a failure, where that can be told: waiting mends no certificate. */
async function explain(failure: unknown, temporal: TemporalAddress): Promise<void> {
  const { namespace, options } = connectionSettings(temporal);
  const refusal = refusalByTemporal(failure, namespace);
  if (refusal !== null) throw new Unusable(refusal, { cause: failure });
  const fault = isWorldsFault(failure) ? await connectionFault(options) : null;
  if (fault !== null) throw new (fault.passes ? Away : Unusable)(fault.says, { cause: failure });
}
