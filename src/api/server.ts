import { loadConfig } from '../config.js';
import { readEnvFile } from '../env-file.js';
import { outliveOutages } from '../last-resort.js';
import { createLog, type Logger } from '../log.js';
import { serveMetrics } from '../metrics-server.js';
import { createMetrics } from '../metrics.js';
import { neededDatabase, neededTemporal, sayWhatIsOpen, waitFor, type Needed } from '../start.js';
import { loadTracing } from '../tracing/load.js';
import { version } from '../version.js';
import { startApi } from './wiring.js';

const stopWithinMs = 20_000;

/** Whether it is there. What no waiting mends ends the start. */
async function isThere({ ask, isAway }: Needed): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (failure) {
    if (!isAway(failure)) throw failure;
    return false;
  }
}

/** Listens at once and says what it waits for: meanwhile calls get 503 and IPNs are sent again, as in any outage. */
async function main(): Promise<void> {
  readEnvFile(process.env);
  const config = loadConfig(process.env);
  const log = createLog({ name: 'api', level: config.logLevel });
  log.info({ version }, 'api starting');
  outliveOutages(log);
  sayWhatIsOpen(config, log);
  const metrics = createMetrics();
  const tracing = await loadTracing(config, 'quittance-api');
  const database = neededDatabase(config, log);
  const hasDatabase = await isThere(database);
  const api = await startApi({ config, log, metrics, tracing });
  const metricsServer = await serveMetrics(metrics, { host: config.metricsHost, port: config.metricsPort }, log);
  log.info({ url: api.url, adminUrl: api.adminUrl }, 'api ready');
  watch(hasDatabase ? [neededTemporal()] : [database, neededTemporal()], log);

  const stop = (signal: string) => {
    log.info({ signal }, 'stopping: answers in hand are finished first');
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    const closed = api.close().then(() => tracing.close());
    Promise.all([closed, metricsServer.close()]).then(() => {
      log.info('api stopped');
      process.exit(0); // it may still wait for a server
    }, end);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function watch(needed: readonly Needed[], log: Logger): void {
  for (const server of needed) waitFor(server, log).catch(end);
}

function end(failure: unknown): never {
  process.stderr.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
  process.exit(1);
}

main().catch(end);
