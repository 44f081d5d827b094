import { existsSync, readFileSync } from 'node:fs';
import { createPool, type Pool } from '../../src/db/pool.js';
import { readEnvFile } from '../../src/env-file.js';
import { type DevFile, devFilePath } from '../dev/dev-file.js';
import { partEnvironment } from '../dev/part-environment.js';
import { keptSecrets } from '../dev/secrets.js';
import { readDevSettings } from '../dev/settings.js';
import { Refusal } from './answer.js';

interface Meant {
  readonly env: NodeJS.ProcessEnv; // what is said from outside
  readonly dev: DevFile | null; // what `npm start` wrote for other programs; null: an installation is named
}

/** The installation that is meant; where nothing says which, the one that `npm start` keeps. */
export function meantInstallation(): Meant {
  const env = { ...process.env };
  readEnvFile(env);
  if (env.DATABASE_URL || env.NODE_ENV === 'production') return { env, dev: null };
  const file = devFilePath(readDevSettings(env).home);
  return { env, dev: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DevFile) : null }; // our own file
}

/** What its programs are started with: its secrets, and where its servers are. */
export function programEnvironment(): NodeJS.ProcessEnv {
  const { env, dev } = meantInstallation();
  if (!dev) return env;
  const servers = { databaseUrl: dev.database_url, temporalAddress: dev.temporal_address };
  const settings = readDevSettings(env);
  return partEnvironment(env, { settings, secrets: keptSecrets(settings.home), servers });
}

/** PostgreSQL itself: what a command does is no work for a pooler, and a migration must not meet one. */
export function databaseUrl(): string {
  const { env, dev } = meantInstallation();
  const url = dev?.database_url ?? (env.DATABASE_DIRECT_URL || env.DATABASE_URL);
  if (!url) throw new Refusal('DATABASE_URL is not set: which database is meant?');
  return url;
}

/** One connection to the installation's database, closed at the end. */
export async function withPool<T>(purpose: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool({
    url: databaseUrl(),
    max: 1,
    applicationName: `quittance-${purpose}`,
    onError: () => undefined,
  });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
