import { join } from 'node:path';
import { answersHttp } from '../dev/parts.js';
import { freePort } from '../dev/ports.js';
import { type RunningProgram, untilReady } from '../dev/processes.js';
import { run } from '../dev/commands.js';
import { environmentHere, serviceNamed, type Surroundings } from './surroundings.js';

type Variables = Readonly<Record<string, string>>;

/** The one of our programs that ends by itself. */
export async function runMigration(place: Surroundings): Promise<void> {
  const { command, args, cwd, env } = programOf(place, 'migrate', {});
  await run({ command, args, cwd, env });
}

export async function startStackApi(place: Surroundings, at: number, over: Variables = {}): Promise<RunningProgram> {
  const port = place.apiPorts[at] ?? 0;
  const ports = { PORT: String(port), METRICS_PORT: String(await freePort()) };
  const program = await start(place, 'api', `api-${at + 1}`, { ...ports, ...over });
  await untilReady(program, () => answersHttp(`http://127.0.0.1:${port}/healthz`));
  return program;
}

export interface RunningWorker extends RunningProgram {
  readonly metricsUrl: string;
}

/** `name`: of its log, where several versions run beside each other. */
export async function startStackWorker(
  place: Surroundings,
  name: string,
  over: Variables = {},
): Promise<RunningWorker> {
  const metrics = await freePort();
  const sdk = await freePort();
  const ports = { WORKER_METRICS_PORT: String(metrics), TEMPORAL_METRICS_PORT: String(sdk) };
  const program = await start(place, 'worker', name, { ...ports, ...over });
  const metricsUrl = `http://127.0.0.1:${metrics}/metrics`;
  await untilReady(program, () => answersHttp(metricsUrl)); // served once it polls its queues
  return { ...program, metricsUrl };
}

function start(place: Surroundings, service: string, name: string, over: Variables): Promise<RunningProgram> {
  const { stopGraceMs } = serviceNamed(place, service);
  return place.processes.start({ name, ...programOf(place, service, over), stopGraceMs });
}

/**
 * What the container would run, in a folder that has this stack's `.env` and nobody else's. Ports are this machine's, since
 * two of a kind share it, and the certificate is what a public provider's would be.
 */
function programOf(place: Surroundings, name: string, over: Variables) {
  const service = serviceNamed(place, name);
  const [command, ...args] = service.command.map((word) => (word.startsWith('dist/') ? join(place.image, word) : word));
  if (command !== 'node') throw new Error(`docker-compose.yml: ${name} runs ${command}, not node`);
  const ours = { PATH: process.env.PATH, HOME: place.home, NODE_EXTRA_CA_CERTS: place.certificate.certFile };
  const env = { ...ours, ...environmentHere(service, place), ...over };
  return { command: process.execPath, args, cwd: place.home, env };
}
