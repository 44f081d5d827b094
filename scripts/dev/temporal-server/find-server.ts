import { mkdirSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { type Say, cacheDir, installOnce } from '../cache.js';
import { buildWithGo } from '../go-build.js';

export interface TemporalServerPrograms {
  readonly server: string;
  readonly sqlTool: string; // makes and updates the schema of its databases
  readonly version: string;
}

const pinned = '1.31.2'; // what the CLI of the same module has inside, and what docker-compose.yml runs

/** The server as it runs in production, without the one shard and the SQLite of the CLI's dev server: cached, or built with Go. */
export async function findTemporalServer(env: NodeJS.ProcessEnv, say: Say): Promise<TemporalServerPrograms> {
  const dir = cacheDir(env);
  const name = `temporal-server-${pinned}-${process.platform}-${arch()}`;
  const place = await installOnce({ dir, name, say }, (workDir) => build({ env, dir, say }, join(workDir, 'built')));
  return { server: join(place, 'temporal-server'), sqlTool: join(place, 'temporal-sql-tool'), version: pinned };
}

async function build(
  { env, dir, say }: { env: NodeJS.ProcessEnv; dir: string; say: Say },
  place: string,
): Promise<string> {
  mkdirSync(place);
  try {
    await buildWithGo({ env, dir, say, what: 'the full Temporal server' }, [
      { package: 'go.temporal.io/server/cmd/server', out: join(place, 'temporal-server') },
      { package: 'go.temporal.io/server/cmd/tools/sql', out: join(place, 'temporal-sql-tool') },
    ]);
    return place;
  } catch (failure) {
    throw new Error(
      `The full Temporal server is not there and could not be built (${(failure as Error).message}). ` +
        'It needs Go and a way to a Go module proxy (GOPROXY), once.',
      { cause: failure },
    );
  }
}
