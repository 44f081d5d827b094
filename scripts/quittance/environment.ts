import { existsSync, readFileSync } from 'node:fs';
import { createPool, type Pool } from '../../src/db/pool.js';
import { readEnvFile } from '../../src/env-file.js';
import { type DevFile, devFilePath } from '../dev/dev-file.js';
import { partEnvironment } from '../dev/part-environment.js';
import { keptSecrets } from '../dev/secrets.js';
import { readDevSettings } from '../dev/settings.js';
import { Refusal } from './answer.js';

/** The installation that is meant; where nothing says which, the one that `npm start` keeps. */
export function installation(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  readEnvFile(env);
  const file = devFile(env);
  if (!file) return env;
  const servers = { databaseUrl: file.database_url, temporalAddress: file.temporal_address };
  const settings = readDevSettings(env);
  return partEnvironment(env, { settings, secrets: keptSecrets(settings.home), servers });
}

/** What `npm start` wrote for other programs, unless an installation is named or we are in production. */
export function devFile(env: NodeJS.ProcessEnv): DevFile | null {
  if (env.DATABASE_URL || env.NODE_ENV === 'production') return null;
  const file = devFilePath(readDevSettings(env).home);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DevFile) : null; // written by npm start
}

export function databaseUrlOf(env: NodeJS.ProcessEnv): string {
  if (!env.DATABASE_URL) throw new Refusal('DATABASE_URL is not set: which database is meant?');
  return env.DATABASE_URL;
}

/** One connection to the installation's database, closed at the end. */
export async function withPool<T>(purpose: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const url = databaseUrlOf(installation());
  const pool = createPool({ url, max: 1, applicationName: `quittance-${purpose}`, onError: () => undefined });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
