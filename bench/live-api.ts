import { answersHttp } from '../scripts/dev/parts.js';
import { freePort } from '../scripts/dev/ports.js';
import { untilReady, type Processes, type RunningProgram } from '../scripts/dev/processes.js';
import { root } from './stack.js';

/** One API process without Temporal. */
export interface Api {
  readonly url: string;
  readonly program: RunningProgram;
  /** Seconds of CPU so far, bytes of memory, open streams: by its own metrics. */
  usage(): Promise<{ cpuSeconds: number; bytes: number; streams: number }>;
}

export async function startApi(
  processes: Processes,
  { databaseUrl, key, maxStreams }: { databaseUrl: string; key: Buffer; maxStreams: number },
): Promise<Api> {
  const [port, metricsPort, nobody] = await Promise.all([freePort(), freePort(), freePort()]);
  const env = {
    ...process.env,
    NODE_ENV: 'development',
    LOG_LEVEL: 'error',
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    MAX_LIVE_STREAMS: String(maxStreams),
    MAX_LIVE_STREAMS_PER_ADDRESS: String(maxStreams), // all of them are ours
    MAX_PAGES_PER_ADDRESS: '1000000', // and so is every page that is fetched
    QUITTANCE_MASTER_KEY: key.toString('base64'),
    TEMPORAL_ADDRESS: `127.0.0.1:${nobody}`,
  };
  const args = ['--import', 'tsx', 'src/api/server.ts'];
  const program = await processes.start({ name: 'api', command: process.execPath, args, cwd: root, env });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(program, () => answersHttp(`${url}/healthz`));
  return {
    url,
    program,
    usage: async () => {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
      return {
        cpuSeconds: figure('process_cpu_seconds_total'),
        bytes: figure('process_resident_memory_bytes'),
        streams: figure('driftstack_payer_streams'),
      };
    },
  };
}
