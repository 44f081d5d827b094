import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Say } from '../dev/cache.js';
import { ensureDemoAccount } from '../dev/demo-account.js';
import { simulatorEnvironment } from '../dev/part-environment.js';
import { answersHttp, startPart } from '../dev/parts.js';
import { assertPortFree, freePort } from '../dev/ports.js';
import type { Processes } from '../dev/processes.js';
import { keptSecrets } from '../dev/secrets.js';
import type { DevSettings } from '../dev/settings.js';
import { hour } from '../../src/domain/timing.js';
import { readEnvFile } from '../../src/env-file.js';
import { startBalancer, type Balancer } from './balancer.js';
import { makeCertificate } from './certificate.js';
import { readCompose, secretNames } from './compose.js';
import { writeSettings } from './env-file.js';
import { startServices, type Services } from './services.js';
import { environmentHere, handSecrets, serviceNamed, type Surroundings } from './surroundings.js';

const apis = 2;
const root = fileURLToPath(new URL('../..', import.meta.url));

export interface StackOptions {
  readonly processes: Processes;
  readonly settings: DevSettings;
  readonly say: Say;
  readonly image?: string; // default: this folder, after `npm run build`
  readonly over?: Readonly<Record<string, string>>; // of `.env`
}

/** What docker-compose.yml starts, on this machine and without an engine, with the simulator for a provider. */
export interface ProductionStack {
  readonly place: Surroundings;
  readonly services: Services;
  readonly publicUrl: string;
  readonly databaseUrl: string; // as API and worker have it
  readonly simulatorUrl: string; // its page and its controls
  /** Ends what is not a process. */
  close(): Promise<void>;
}

export async function startProductionStack(options: StackOptions): Promise<ProductionStack> {
  const { processes, settings } = options;
  const taken = settings.ports.filter(({ variable }) => variable !== 'RECEIVER_PORT');
  for (const port of taken) await assertPortFree(port);
  const fronts: Balancer[] = [];
  const close = async () => void (await Promise.all(fronts.map((front) => front.close())));
  try {
    const place = await survey(options, fronts);
    await startSimulator(processes, settings, place); // first: a provider that refuses is left to rest by our workers
    const services = await startServices(place);
    const ofApi: NodeJS.ProcessEnv = environmentHere(serviceNamed(place, 'api'), place);
    readEnvFile(ofApi, join(place.home, '.env'));
    const databaseUrl = ofApi.DATABASE_URL ?? '';
    await ensureDemoAccount(databaseUrl, place.secrets);
    const [publicUrl, simulatorUrl] = [settings.apiPort, settings.simulatorPort].map((port) => `127.0.0.1:${port}`);
    return {
      place,
      services,
      publicUrl: `https://${publicUrl}`,
      databaseUrl,
      simulatorUrl: `http://${simulatorUrl}`,
      close,
    };
  } catch (failure) {
    await close();
    throw failure;
  }
}

/** Ports, certificate and `.env`, and what stands before the APIs and the provider: https, as in the world. */
async function survey(
  { settings, image = root, over = {}, ...rest }: StackOptions,
  fronts: Balancer[],
): Promise<Surroundings> {
  const { home } = settings;
  const apiPorts = await Promise.all(Array.from({ length: apis }, freePort));
  const certificate = makeCertificate(join(home, 'tls'));
  const front = await startBalancer(apiPorts, { port: settings.apiPort, tls: certificate });
  const provider = await startBalancer([settings.simulatorPort], { tls: certificate });
  fronts.push(front, provider);
  const secrets = keptSecrets(home);
  const places = { publicUrl: front.url, simulatorUrl: provider.url, secrets, secretNames: secretNames(root) };
  const services = readCompose(root, writeSettings(home, places, over));
  handSecrets(home, services);
  return {
    ...rest,
    home,
    root,
    image,
    ports: { postgres: settings.postgresPort, temporal: settings.temporalPort, ui: settings.temporalUiPort },
    apiPorts,
    certificate,
    secrets,
    services,
  };
}

async function startSimulator(
  processes: Processes,
  settings: DevSettings,
  { secrets, certificate }: Surroundings,
): Promise<void> {
  const trust = { NODE_EXTRA_CA_CERTS: certificate.certFile }; // it calls back by https
  const env = simulatorEnvironment({ ...process.env, ...trust }, { settings, secrets, payWindowMs: hour });
  const url = `http://127.0.0.1:${settings.simulatorPort}`;
  await startPart(processes, { name: 'simulator', entry: 'simulator/main.ts', env, isReady: () => answersHttp(url) });
}
