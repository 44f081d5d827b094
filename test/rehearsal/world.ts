import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { Agent, request } from 'undici';
import { isExecutable, onPath, run } from '../../scripts/dev/commands.js';
import { freeLowPort } from '../../scripts/dev/ports.js';
import { queryOnce } from '../../scripts/dev/postgres.js';
import { createProcesses } from '../../scripts/dev/processes.js';
import { readDevSettings } from '../../scripts/dev/settings.js';
import { makeTemporalNamespace, makeTemporalSchema, startStackTemporal } from '../../scripts/stack/servers.js';
import { startStackApi, startStackWorker, type RunningWorker } from '../../scripts/stack/programs.js';
import { startProductionStack } from '../../scripts/stack/stack.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { lazyClient } from '../../src/temporal/connection.js';
import { createSimulatorControl, type SimulatorControl } from '../chaos/simulator-control.js';
import { nextReleaseOf } from './next-release.js';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The stack as its operator and its merchant have it, and the few things that are done to it. */
export interface World {
  readonly sim: SimulatorControl;
  readonly temporal: Client;
  /** As the database's superuser; opened anew after a restore. */
  pool(): Pool;
  call(key: 'live' | 'admin', method: string, path: string, body?: object): Promise<Answer>;
  startWorkers(build: string): Promise<void>;
  stopWorkers(build: string): Promise<void>;
  startApis(): Promise<void>;
  stopApis(): Promise<void>;
  dump(): Promise<number>;
  restore(): Promise<void>;
  loseTemporal(): Promise<void>;
  close(): Promise<void>;
}

export const firstBuild = 'rehearsal-1';
export const nextBuild = 'rehearsal-2';
const workersOfBuild = 2;

interface WorldOptions {
  readonly home: string;
  readonly image?: string;
  say(line: string): void;
}

export async function startWorld({ home, image, say }: WorldOptions): Promise<World> {
  const tools = findTools();
  const names = ['PORT', 'SIMULATOR_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'PG_PORT'];
  const ports = await Promise.all(names.map(async (name) => [name, String(await freeLowPort())] as const));
  const settings = readDevSettings({ QUITTANCE_HOME: home, ...Object.fromEntries(ports) });
  const processes = createProcesses({ logDir: join(home, 'logs') });
  const over = {
    WORKER_BUILD_ID: firstBuild,
    NOWPAYMENTS_MAX_RPS: '200',
    SWEEP_EVERY: '20 seconds',
  };
  const stack = await startProductionStack({
    processes,
    settings,
    say,
    over,
    ...(image === undefined ? {} : { image }),
  });
  const { place, services } = stack;
  const builds = new Map<string, RunningWorker[]>([[firstBuild, services.workers]]);
  const dispatcher = new Agent({ connect: { ca: readFileSync(place.certificate.certFile, 'utf8') } });
  const temporal = lazyClient({ address: `127.0.0.1:${settings.temporalPort}`, namespace: 'quittance' });
  const adminUrl = services.postgres.url('postgres');
  const ours = services.postgres.url('quittance');
  const openPool = () => createPool({ url: ours, max: 4, applicationName: 'rehearsal', onError: () => {} });
  let pool = openPool();
  const dumpFile = join(home, 'quittance.dump');
  const recreate = async (database: string, options: string) => {
    await queryOnce(adminUrl, `drop database ${database} with (force)`);
    await queryOnce(adminUrl, `create database ${database} ${options}`);
  };

  return {
    sim: createSimulatorControl(stack.simulatorUrl),
    temporal: temporal.client,
    pool: () => pool,
    async call(key, method, path, body) {
      const answer = await request(`${stack.publicUrl}${path}`, {
        dispatcher,
        method: method as 'GET',
        headers: { authorization: `Bearer ${place.secrets.keys[key]}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return { status: answer.statusCode, body: (await answer.body.json()) as Answer['body'] };
    },
    async startWorkers(build) {
      const image = build === nextBuild ? nextReleaseOf(place.image, home) : place.image;
      const each = (at: number) =>
        startStackWorker({ ...place, image }, `worker-${build}-${at}`, { WORKER_BUILD_ID: build });
      builds.set(build, await Promise.all(Array.from({ length: workersOfBuild }, (_, at) => each(at + 1))));
    },
    async stopWorkers(build) {
      await Promise.all((builds.get(build) ?? []).map((worker) => worker.stop()));
      builds.delete(build);
    },
    async startApis() {
      services.apis.push(...(await Promise.all(place.apiPorts.map((_, at) => startStackApi(place, at)))));
    },
    async stopApis() {
      await Promise.all(services.apis.splice(0).map((api) => api.stop()));
    },
    async dump() {
      await run({ command: tools.dump, args: ['-Fc', '-d', ours, '-f', dumpFile], env: process.env });
      return readFileSync(dumpFile).byteLength;
    },
    async restore() {
      await pool.end();
      await recreate('quittance', `owner quittance_owner encoding 'UTF8' locale 'C' template template0`);
      await run({ command: tools.restore, args: ['--exit-on-error', '-d', ours, dumpFile], env: process.env });
      pool = openPool();
    },
    async loseTemporal() {
      await services.temporal.stop();
      for (const database of ['temporal', 'temporal_visibility']) await recreate(database, 'owner temporal');
      await makeTemporalSchema(place);
      services.temporal = await startStackTemporal(place);
      await makeTemporalNamespace(place);
    },
    async close() {
      await Promise.all([pool.end(), temporal.close(), dispatcher.destroy()]);
      await processes.stopAll();
      await stack.close();
    },
  };
}

/** The programs of the runbook; the ones that come with our PostgreSQL do not include them. */
function findTools(): { readonly dump: string; readonly restore: string } {
  const folder = process.env.PG_TOOLS;
  const find = (name: string): string => {
    const found = folder ? join(folder, name) : onPath(name, process.env);
    if (found && isExecutable(found)) return found;
    throw new Error(
      `${name} of PostgreSQL 18 is not ${folder ? `in ${folder}` : 'on PATH'}: install postgresql-client-18 or set PG_TOOLS`,
    );
  };
  return { dump: find('pg_dump'), restore: find('pg_restore') };
}
