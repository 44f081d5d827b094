import { setTimeout as pause } from 'node:timers/promises';
import {
  DefaultLogger,
  Runtime,
  type LogMetadata,
  type RuntimeOptions,
  type TelemetryOptions,
} from '@temporalio/worker';
import { exposeBacklog } from './backlog-gauges.js';
import { exposeBusiness } from './business-gauges.js';
import { loadConfig, type Config } from '../config.js';
import { readBacklog } from '../db/figures/backlog.js';
import { readEnvFile } from '../env-file.js';
import { outliveOutages } from '../last-resort.js';
import { createLog, type Logger } from '../log.js';
import { createMetrics } from '../metrics.js';
import { serveMetrics } from '../metrics-server.js';
import { startWaitsForTemporal } from '../outage.js';
import { neededDatabase, neededTemporal, sayWhatIsOpen, waitFor } from '../start.js';
import { loadTracing } from '../tracing/load.js';
import { refusalByWorker } from '../temporal/connection-faults.js';
import { version } from '../version.js';
import { orderOfWorkflow } from '../workflows/messages.js';
import type { WorkerWiring } from './parts.js';
import { startWorker, type RunningWorker } from './wiring.js';

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;

/** The worker's process, from its settings to the end of its last task. */
export async function main(): Promise<void> {
  readEnvFile(process.env);
  const config = loadConfig(process.env);
  const log = createLog({ name: 'worker', level: config.logLevel });
  log.info({ version }, 'worker starting');
  outliveOutages(log);
  sayWhatIsOpen(config, log);
  const metrics = createMetrics();
  Runtime.install(sdkRuntime(config, log));
  const tracing = await loadTracing(config, 'quittance-worker');
  await waitFor(neededDatabase(config, log), log);
  const worker = await startWhenThere({ config, log, metrics, tracing });
  exposeBacklog(metrics.registry, () => readBacklog(worker.database));
  exposeBusiness(metrics.registry, worker.database);
  const metricsServer = await serveMetrics(metrics, { host: config.metricsHost, port: config.workerMetricsPort }, log);
  log.info('worker ready');
  const stop = (signal: string) => {
    log.info({ signal }, 'stopping: work in hand is finished first');
    worker.stop();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  await worker.stopped;
  await Promise.all([metricsServer.close(), tracing.close()]);
  log.info('worker stopped');
}

const startAgainMs = 1_000;

/** Temporal may go away again between its first answer and the last step of the start. */
async function startWhenThere(wiring: WorkerWiring): Promise<RunningWorker> {
  for (;;) {
    await waitFor(neededTemporal(), wiring.log);
    try {
      return await startWorker(wiring);
    } catch (failure) {
      const refusal = refusalByWorker(failure);
      if (refusal !== null) throw new Error(refusal, { cause: failure });
      if (!startWaitsForTemporal(failure)) throw failure;
      wiring.log.warn({ failure: String(failure) }, 'the worker cannot start yet; trying again');
      await pause(startAgainMs);
    }
  }
}

/** The SDK's lines join ours, those of its native part too: one format, one level. */
export function sdkRuntime(config: Config, log: Logger): RuntimeOptions {
  return {
    logger: new DefaultLogger('INFO', ({ level, message, meta }) =>
      log[levels[level]]({ sdk: meta, ...orderIn(meta) }, message),
    ),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } }, ...sdkMetrics(config) },
  };
}

function orderIn(meta: LogMetadata | undefined): { orderId?: string } {
  const { workflowId } = (meta ?? {}) as { workflowId?: unknown };
  const orderId = typeof workflowId === 'string' ? orderOfWorkflow(workflowId) : null;
  return orderId === null ? {} : { orderId };
}

/** The SDK keeps counters of its own, tasks that failed among them, and serves them itself. */
function sdkMetrics({ metricsHost, temporalMetricsPort }: Config): Pick<TelemetryOptions, 'metrics'> {
  if (temporalMetricsPort === null) return {};
  const bindAddress = `${metricsHost}:${temporalMetricsPort}`;
  const units = { countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true };
  return { metrics: { prometheus: { bindAddress, ...units } } };
}
