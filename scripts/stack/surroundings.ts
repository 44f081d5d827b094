import type { Say } from '../dev/cache.js';
import type { Processes } from '../dev/processes.js';
import type { DevSecrets } from '../dev/secrets.js';
import type { Certificate } from './certificate.js';
import type { Service } from './compose.js';

/** Where what docker-compose.yml names lies on this machine, and what starting it needs. */
export interface Surroundings {
  readonly processes: Processes;
  readonly say: Say;
  readonly home: string;
  readonly root: string; // of the repository: docker-compose.yml, deploy
  readonly image: string; // what the Dockerfile puts together: dist, node_modules, package.json
  readonly ports: { readonly postgres: number; readonly temporal: number; readonly ui: number };
  readonly apiPorts: readonly number[];
  readonly certificate: Certificate;
  readonly secrets: DevSecrets;
  readonly services: ReadonlyMap<string, Service>;
}

/** The variables of a service as they are on this machine: the same, with addresses of loopback for names of the bridge. */
export function environmentHere(
  { environment }: Service,
  { ports }: Pick<Surroundings, 'ports'>,
): Record<string, string> {
  const here = Object.entries(environment).map(([name, value]) => [
    name,
    value
      .replaceAll(/\bpostgres:5432\b/g, `127.0.0.1:${ports.postgres}`)
      .replaceAll(/\btemporal:7233\b/g, `127.0.0.1:${ports.temporal}`)
      .replace(/^0\.0\.0\.0$/, '127.0.0.1'),
  ]);
  return Object.fromEntries(here);
}

export function serviceNamed({ services }: Pick<Surroundings, 'services'>, name: string): Service {
  const service = services.get(name);
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}
