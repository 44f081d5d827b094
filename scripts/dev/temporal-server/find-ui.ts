import { copyFileSync, mkdirSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { type Say, cacheDir, installOnce } from '../cache.js';
import { run } from '../commands.js';
import { buildWithGo, moduleFolder } from '../go-build.js';

export interface TemporalUi {
  readonly server: string;
  readonly template: string; // of its configuration, as the image has it: filled from the environment
}

const module = 'github.com/temporalio/ui-server/v2';
const pinned = '2.50.1'; // what the CLI of the same module has inside, and what docker-compose.yml runs

/** Temporal's UI as a program of its own: cached, or built with Go. */
export async function findTemporalUi(env: NodeJS.ProcessEnv, say: Say): Promise<TemporalUi> {
  const dir = cacheDir(env);
  const name = `temporal-ui-${pinned}-${process.platform}-${arch()}`;
  const place = await installOnce({ dir, name, say }, (workDir) => build({ env, dir, say }, join(workDir, 'built')));
  return { server: join(place, 'temporal-ui'), template: join(place, 'docker.yaml') };
}

async function build(
  { env, dir, say }: { env: NodeJS.ProcessEnv; dir: string; say: Say },
  place: string,
): Promise<string> {
  mkdirSync(place);
  const program = { package: `${module}/cmd/server`, out: join(place, 'temporal-ui') };
  const go = await buildWithGo({ env, dir, say, what: "Temporal's UI" }, [program]);
  const list = { command: go, args: ['list', '-m', '-f', '{{.Dir}}', module], cwd: moduleFolder, env };
  copyFileSync(join((await run(list)).trim(), 'config', 'docker.yaml'), join(place, 'docker.yaml'));
  return place;
}
