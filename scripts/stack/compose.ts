import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A service of docker-compose.yml, as Compose would start it with the variables of `.env`. */
export interface Service {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly needs: readonly string[]; // the services that it waits for
  readonly stopGraceMs: number;
  readonly secrets: Readonly<Record<string, string>>; // which secret each file below /run/secrets is
}

interface Written {
  readonly env_file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly stop_grace_period?: string;
  readonly profiles?: readonly string[];
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[];
}

type Variables = Readonly<Record<string, string>>;

/** The services that `docker compose up` starts in `folder`, each with what `.env` says: those of a profile stay out. */
export function readCompose(folder: string, variables: Variables): ReadonlyMap<string, Service> {
  const text = readFileSync(join(folder, 'docker-compose.yml'), 'utf8');
  const { services } = parse(text, { merge: true }) as { services: Readonly<Record<string, Written>> };
  const wanted = Object.entries(services).filter(([, { profiles = [] }]) => profiles.length === 0);
  return new Map(wanted.map(([name, written]) => [name, serviceOf(name, written, variables)]));
}

function serviceOf(name: string, written: Written, variables: Variables): Service {
  const { environment = {}, command = [], depends_on: needs = {}, stop_grace_period: grace = '10s' } = written;
  const handed = (written.secrets ?? []).map((each) =>
    typeof each === 'string' ? [each, each] : [each.target, each.source],
  );
  const said = Object.entries(environment).map(([key, value]) => [key, interpolate(value, variables)] as const);
  return {
    name,
    environment: { ...(written.env_file === undefined ? {} : variables), ...Object.fromEntries(said) },
    command: command.map((word) => interpolate(word, variables)),
    needs: Object.keys(needs),
    stopGraceMs: graceMs(grace),
    secrets: Object.fromEntries(handed),
  };
}

/** The secrets that the file has, each a file in `./secrets`. */
export function secretNames(folder: string): ReadonlySet<string> {
  const { secrets } = parse(readFileSync(join(folder, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    secrets: object;
  };
  return new Set(Object.keys(secrets));
}

/** `${NAME}`, `${NAME:-default}` and `${NAME:?why}`, as Compose reads them; `$$` is a dollar. */
export function interpolate(text: string, variables: Variables): string {
  return text.replace(/\$\$|\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (found, name?: string, sign?: string, rest = '') => {
    if (name === undefined) return '$';
    const value = variables[name];
    if (value) return value;
    if (sign === '?') throw new Error(`docker-compose.yml: ${name} is not set: ${rest}`);
    return sign === '-' ? rest : '';
  });
}

function graceMs(text: string): number {
  const [, count, unit] = /^(\d+)(s|m)$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`docker-compose.yml: stop_grace_period ${text} is not understood`);
  return Number(count) * (unit === 'm' ? 60_000 : 1_000);
}
