import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/**
 * In production, the settings of `.env` where there is one, read as docker-compose.yml reads it; what the environment already
 * says wins. Not in development: `npm start` says everything its parts need, and a real installation's file must not join in.
 * Then the secrets that lie in files.
 */
export function readEnvFile(env: NodeJS.ProcessEnv, file = '.env'): void {
  if (env.NODE_ENV === 'production' && existsSync(file)) {
    for (const [name, value] of Object.entries(parseEnv(readFileSync(file, 'utf8')))) env[name] ??= value;
  }
  readSecretFiles(env);
  joinDatabasePassword(env);
  dropBlanks(env);
}

/** `NAME=` means "not set", also to the SDK of Temporal, which reads the environment by itself. */
function dropBlanks(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('TEMPORAL_') && !value?.trim()) delete env[name];
  }
}

const settingName = /^[A-Z][A-Z0-9_]*$/; // and not the links that Kubernetes keeps beside its secrets

/** `SECRETS_DIR` holds one file a setting, called like it, as Compose, Kubernetes and systemd hand secrets over. */
function readSecretFiles(env: NodeJS.ProcessEnv): void {
  const folder = env.SECRETS_DIR?.trim();
  if (!folder) return;
  for (const name of namesIn(folder)) {
    const value = contentOf(join(folder, name));
    const said = env[name]?.trim();
    if (said && said !== value) {
      throw new Error(`${name} stands in the environment and, otherwise, in SECRETS_DIR (${folder}): take one away`);
    }
    env[name] = value;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => settingName.test(name));
  } catch (failure) {
    throw new Error(`SECRETS_DIR cannot be read: ${(failure as Error).message}`, { cause: failure });
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (failure) {
    const mend = 'it must be readable for the user that this program runs as';
    throw new Error(`a secret cannot be read: ${(failure as Error).message}; ${mend}`, { cause: failure });
  }
}

/** A password in a file of its own leaves the rest of an address to be written down anywhere. */
function joinDatabasePassword(env: NodeJS.ProcessEnv): void {
  const { DATABASE_PASSWORD: password } = env;
  for (const name of ['DATABASE_URL', 'DATABASE_DIRECT_URL']) {
    const url = env[name];
    if (!password || !url || !URL.canParse(url)) continue; // what is no address is refused where settings are judged
    const joined = new URL(url);
    if (joined.password && decodeURIComponent(joined.password) !== password) {
      throw new Error(`${name} and DATABASE_PASSWORD name different passwords: take one away`);
    }
    joined.password = encodeURIComponent(password);
    env[name] = joined.href;
  }
}
