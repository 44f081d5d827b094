import { loadConfig, type Config } from '../config.js';
import { unsafeSettings } from '../db/durability.js';
import { createPool } from '../db/pool.js';
import { isOutage } from '../db/query.js';
import { createLog, type Logger } from '../log.js';
import { serveMetrics } from '../metrics-server.js';
import { createMetrics } from '../metrics.js';
import { startApi } from './wiring.js';

const stopWithinMs = 20_000;

/** Money needs a database that keeps what it confirmed. */
async function refuseUnsafeDatabase(config: Config, log: Logger): Promise<void> {
  const pool = createPool({ url: config.databaseUrl, max: 1, applicationName: 'quittance-boot', onError: () => {} });
  try {
    const unsafe = await unsafeSettings(pool);
    if (unsafe.length === 0) return;
    if (config.production) throw new Error(`PostgreSQL runs with ${unsafe.join(', ')} off: a crash would lose orders`);
    log.warn({ unsafe }, 'this PostgreSQL would lose orders in a crash; refused in production');
  } catch (failure) {
    if (!isOutage(failure)) throw failure;
    log.warn({ failure }, 'the database is away; readyz tells when it is back');
  } finally {
    await pool.end();
  }
}

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLog({ name: 'api', level: config.logLevel });
  const { webhookAllowTargets: targets } = config;
  if (targets.length > 0) log.warn({ targets }, 'deliveries may go to these without the rules; refused in production');
  const metrics = createMetrics();
  await refuseUnsafeDatabase(config, log);
  const api = await startApi({ config, log, metrics });
  const metricsServer = await serveMetrics(metrics, { host: config.metricsHost, port: config.metricsPort });
  log.info({ url: api.url }, 'api ready');

  const stop = (signal: string) => {
    log.info({ signal }, 'stopping: answers in hand are finished first');
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    void Promise.all([api.close(), metricsServer.close()]).then(() => log.info('api stopped'));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`);
  process.exit(1);
});
