import type { PostgresServer } from '../dev/postgres.js';
import type { RunningProgram } from '../dev/processes.js';
import { runMigration, startStackApi, startStackWorker, type RunningWorker } from './programs.js';
import {
  makeTemporalNamespace,
  makeTemporalSchema,
  startStackPostgres,
  startStackTemporal,
  startStackUi,
} from './servers.js';
import type { Surroundings } from './surroundings.js';

/** What of a stack runs. */
export interface Services {
  postgres: PostgresServer;
  temporal: RunningProgram;
  readonly apis: RunningProgram[];
  readonly workers: RunningWorker[];
  hasUi: boolean;
}

type Starts = Readonly<Record<string, () => Promise<unknown>>>;

const workers = 2;

/** Starts each service of docker-compose.yml when those that it waits for are there; jobs run to their end. */
export async function startServices(place: Surroundings): Promise<Services> {
  const running: Partial<Services> & Pick<Services, 'apis' | 'workers'> = { apis: [], workers: [] };
  const starts: Starts = {
    postgres: async () => (running.postgres = await startStackPostgres(place)),
    'temporal-schema': () => makeTemporalSchema(place),
    temporal: async () => (running.temporal = await startStackTemporal(place)),
    'temporal-namespace': () => makeTemporalNamespace(place),
    'temporal-ui': async () => (running.hasUi = await startUiOrSay(place)),
    migrate: () => runMigration(place),
    api: async () => {
      const all = place.apiPorts.map((_, at) => startStackApi(place, at));
      running.apis.push(...(await Promise.all(all)));
    },
    worker: async () => {
      const all = Array.from({ length: workers }, (_, at) => startStackWorker(place, `worker-${at + 1}`));
      running.workers.push(...(await Promise.all(all)));
    },
  };
  await startInOrder(place, starts);
  return running as Services; // the services above are all there, or serviceNamed has thrown
}

async function startInOrder({ services, say }: Surroundings, starts: Starts): Promise<void> {
  const begun = new Map<string, Promise<void>>();
  const up = (name: string): Promise<void> => {
    const known = begun.get(name);
    if (known) return known;
    const start = starts[name];
    const begin = async () => {
      await Promise.all((services.get(name)?.needs ?? []).map(up));
      if (start === undefined) return say(`${name} is left out: it comes as an image alone`);
      await start();
      say(`${name} ${jobs.has(name) ? 'is done' : 'is up'}`);
    };
    const promise = begin();
    begun.set(name, promise);
    return promise;
  };
  await Promise.all([...services.keys()].map(up));
}

const jobs: ReadonlySet<string> = new Set(['temporal-schema', 'temporal-namespace', 'migrate']); // they run to their end

/** Nobody needs it to sell: without Go or a way to its modules, all the rest runs. */
async function startUiOrSay(place: Surroundings): Promise<boolean> {
  try {
    await startStackUi(place);
    return true;
  } catch (failure) {
    place.say(`the UI is left out: ${(failure as Error).message}`);
    return false;
  }
}
