import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/**
 * In production, the settings of `.env` where there is one, read as docker-compose.yml reads it; what the environment already
 * says wins. Not in development: `npm start` says everything its parts need, and a real installation's file must not join in.
 */
export function readEnvFile(env: NodeJS.ProcessEnv, file = '.env'): void {
  if (env.NODE_ENV !== 'production' || !existsSync(file)) return;
  for (const [name, value] of Object.entries(parseEnv(readFileSync(file, 'utf8')))) env[name] ??= value;
}
