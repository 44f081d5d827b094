import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  { name: service, environment }: Service,
  { ports, home }: Pick<Surroundings, 'ports' | 'home'>,
): Record<string, string> {
  const here = Object.entries(environment).map(([name, value]) => [
    name,
    value
      .replaceAll(/\bpostgres:5432\b/g, `127.0.0.1:${ports.postgres}`)
      .replaceAll(/\btemporal:7233\b/g, `127.0.0.1:${ports.temporal}`)
      .replace(/^0\.0\.0\.0$/, '127.0.0.1')
      .replace(/^\/run\/secrets\b/, secretsOf(home, service)),
  ]);
  return Object.fromEntries(here);
}

const secretsOf = (home: string, service: string) => join(home, 'run', service, 'secrets');

/** Each service gets the secrets that it names, under the names that it has for them, and no others. */
export function handSecrets(home: string, services: ReadonlyMap<string, Service>): void {
  for (const { name, secrets } of services.values()) {
    const folder = secretsOf(home, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [target, source] of Object.entries(secrets)) {
      writeFileSync(join(folder, target), readFileSync(join(home, 'secrets', source)), { mode: 0o600 });
    }
  }
}

export function serviceNamed({ services }: Pick<Surroundings, 'services'>, name: string): Service {
  const service = services.get(name);
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}
