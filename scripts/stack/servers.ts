import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../dev/commands.js';
import { findTemporalCli } from '../dev/find-temporal.js';
import { answersHttp } from '../dev/parts.js';
import { startPostgres, type PostgresServer } from '../dev/postgres.js';
import { type RunningProgram, untilReady } from '../dev/processes.js';
import { answers } from '../dev/temporal.js';
import { findTemporalServer } from '../dev/temporal-server/find-server.js';
import { findTemporalUi } from '../dev/temporal-server/find-ui.js';
import { freeInnerPorts, launchServer } from '../dev/temporal-server/start-server.js';
import { makeRoles } from './roles.js';
import { environmentHere, serviceNamed, type Surroundings } from './surroundings.js';

const path = process.env.PATH ?? '';

/** PostgreSQL with the flags of its service and the roles of deploy/postgres. */
export async function startStackPostgres(place: Surroundings): Promise<PostgresServer> {
  const { processes, home, root, ports } = place;
  const service = serviceNamed(place, 'postgres');
  const said = environmentHere(service, place);
  const password = readFileSync(said.POSTGRES_PASSWORD_FILE ?? '', 'utf8');
  const flags = service.command.filter((_, at) => service.command[at - 1] === '-c').map((flag) => flag.split('='));
  const settings = Object.fromEntries(flags.map(([name, value]) => [name!, value ?? '']));
  const dataDir = join(home, 'postgres');
  const server = await startPostgres({ processes, dataDir, port: ports.postgres, password, settings });
  await makeRoles(server.url('postgres'), join(root, 'deploy/postgres/create-databases.sh'), said);
  return server;
}

/** A job of the admin-tools image: its script, with the same tools of the same version in the place of the image's. */
async function runSetup(place: Surroundings, name: string, over: Readonly<Record<string, string>>): Promise<void> {
  const service = serviceNamed(place, name);
  const [command = 'sh', ...args] = service.command.map((word) => fromImage(place, word));
  const tools = await linkTools(place);
  const env = { ...environmentHere(service, place), ...over, PATH: `${tools}:${path}`, HOME: place.home };
  await run({ command, args, env });
}

const fromImage = ({ root }: Surroundings, word: string) => word.replace(/^\/setup\//, `${root}/deploy/temporal/`);

/** The commands of the image under their own names. */
async function linkTools({ home, say }: Surroundings): Promise<string> {
  const folder = join(home, 'tools');
  const { sqlTool } = await findTemporalServer(process.env, say);
  const cli = await findTemporalCli(process.env, say);
  mkdirSync(folder, { recursive: true });
  for (const [name, target] of [
    ['temporal-sql-tool', sqlTool],
    ['temporal', cli.path],
  ] as const) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(target, join(folder, name));
  }
  return folder;
}

export function makeTemporalSchema(place: Surroundings): Promise<void> {
  return runSetup(place, 'temporal-schema', { SQL_HOST: '127.0.0.1', SQL_PORT: String(place.ports.postgres) });
}

export function makeTemporalNamespace(place: Surroundings): Promise<void> {
  return runSetup(place, 'temporal-namespace', {});
}

/** The full server, on the databases of its role. */
export async function startStackTemporal(place: Surroundings): Promise<RunningProgram> {
  const { processes, ports } = place;
  const programs = await findTemporalServer(process.env, place.say);
  const said = environmentHere(serviceNamed(place, 'temporal'), place);
  const program = await launchServer(processes, programs, {
    ...said,
    POSTGRES_PWD: readFileSync(said.POSTGRES_PWD_FILE ?? '', 'utf8'), // as deploy/temporal/start-server.sh does
    LOG_LEVEL: 'warn',
    POSTGRES_SEEDS: '127.0.0.1',
    DB_PORT: String(ports.postgres),
    TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
    DYNAMIC_CONFIG_FILE_PATH: fromImage(place, said.DYNAMIC_CONFIG_FILE_PATH ?? ''),
    ...(await freeInnerPorts()),
    FRONTEND_GRPC_PORT: String(ports.temporal),
  });
  await untilReady(program, () => answers({ address: `127.0.0.1:${ports.temporal}`, namespace: 'temporal-system' }));
  return program;
}

/** The UI of the image, by the image's own template of its configuration. */
export async function startStackUi(place: Surroundings): Promise<void> {
  const { processes, home, ports, say } = place;
  const ui = await findTemporalUi(process.env, say);
  const folder = join(home, 'ui');
  mkdirSync(folder, { recursive: true });
  // The image listens for its whole container; here that would be every address of this machine.
  writeFileSync(join(folder, 'docker.yaml'), `${readFileSync(ui.template, 'utf8')}\nhost: 127.0.0.1\n`);
  const program = await processes.start({
    name: 'temporal-ui',
    command: ui.server,
    args: ['--root', home, '--config', 'ui', '--env', 'docker', 'start'],
    env: {
      PATH: path,
      ...environmentHere(serviceNamed(place, 'temporal-ui'), place),
      TEMPORAL_UI_PORT: String(ports.ui),
    },
  });
  await untilReady(program, () => answersHttp(`http://127.0.0.1:${ports.ui}`));
}
