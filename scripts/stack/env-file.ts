import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { simulatorAccounts } from '../dev/part-environment.js';
import type { DevSecrets } from '../dev/secrets.js';

const passwords = ['POSTGRES_PASSWORD', 'QUITTANCE_DB_PASSWORD', 'QUITTANCE_OWNER_PASSWORD', 'TEMPORAL_DB_PASSWORD'];

interface Places {
  readonly publicUrl: string;
  readonly simulatorUrl: string;
  readonly secrets: DevSecrets;
  readonly secretNames: ReadonlySet<string>; // what docker-compose.yml takes from files
}

type Variables = Readonly<Record<string, string>>;

/**
 * The `.env` and the `secrets` of a stack: what README says to fill in, drawn here, and kept for the next start. `over` is what
 * somebody wants otherwise. Answers what `.env` says.
 */
export function writeSettings(home: string, places: Places, over: Variables): Variables {
  const { publicUrl, simulatorUrl, secrets, secretNames } = places;
  const folder = join(home, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before: Readonly<Record<string, string | undefined>> = parseEnv(kept(join(home, '.env'))); // where passwords stood once
  const passwordOf = (name: string) => kept(join(folder, name)) || before[name] || randomBytes(24).toString('hex');
  const all = {
    ...Object.fromEntries(passwords.map((name) => [name, passwordOf(name)])),
    QUITTANCE_MASTER_KEY: secrets.masterKey,
    CONSOLE_PASSWORD: secrets.consolePassword,
    PUBLIC_URL: publicUrl,
    ...simulatorAccounts(simulatorUrl, secrets),
    // Fixed for ever by the first start: few, since all of it is one machine.
    TEMPORAL_HISTORY_SHARDS: '4',
    ...over,
  };
  for (const [name, value] of Object.entries(all)) {
    if (secretNames.has(name)) writeFileSync(join(folder, name), value, { mode: 0o600 });
  }
  const open = Object.entries(all).filter(([name]) => !secretNames.has(name));
  const lines = open.map(([name, value]) => `${name}='${value}'`);
  writeFileSync(join(home, '.env'), `${lines.join('\n')}\n`, { mode: 0o600 });
  return Object.fromEntries(open);
}

const kept = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
