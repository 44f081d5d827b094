import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { simulatorAccounts } from '../dev/part-environment.js';
import type { DevSecrets } from '../dev/secrets.js';

const passwords = ['POSTGRES_PASSWORD', 'QUITTANCE_DB_PASSWORD', 'QUITTANCE_OWNER_PASSWORD', 'TEMPORAL_DB_PASSWORD'];

interface Places {
  readonly publicUrl: string;
  readonly simulatorUrl: string;
}

/**
 * The `.env` of a stack: what README says to fill in, drawn here, and kept for the next start. `over` is what somebody wants
 * otherwise. Answers what it says.
 */
export function writeEnvFile(
  home: string,
  { publicUrl, simulatorUrl, secrets }: Places & { readonly secrets: DevSecrets },
  over: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const file = join(home, '.env');
  const kept: Readonly<Record<string, string | undefined>> = existsSync(file)
    ? parseEnv(readFileSync(file, 'utf8'))
    : {};
  const drawn = passwords.map((name) => [name, kept[name] || randomBytes(24).toString('hex')] as const);
  const variables = {
    ...Object.fromEntries(drawn),
    QUITTANCE_MASTER_KEY: secrets.masterKey,
    CONSOLE_PASSWORD: secrets.consolePassword,
    PUBLIC_URL: publicUrl,
    ...simulatorAccounts(simulatorUrl, secrets),
    // Fixed for ever by the first start: few, since all of it is one machine.
    TEMPORAL_HISTORY_SHARDS: '4',
    ...over,
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  return variables;
}
