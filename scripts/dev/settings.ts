import { resolve } from 'node:path';
import type { NamedPort } from './ports.js';

/** What `npm start` is to do: where things live, and which parts somebody else already runs. */
export interface DevSettings {
  readonly home: string;
  readonly apiPort: number;
  readonly simulatorPort: number;
  readonly receiverPort: number;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly postgresPort: number;
  readonly ownPostgres: boolean;
  readonly ownTemporal: boolean;
  readonly ownSimulator: boolean;
  /** The ports that must be free, each with the variable that moves it. */
  readonly ports: readonly NamedPort[];
}

export function readDevSettings(env: NodeJS.ProcessEnv): DevSettings {
  if (env.NODE_ENV === 'production') {
    throw new Error(
      'npm start is for development; in production run `npm run production:api` and `npm run production:worker`',
    );
  }
  const settings = {
    home: resolve(env.QUITTANCE_HOME || '.quittance'),
    apiPort: portFrom(env, 'PORT', 8080),
    simulatorPort: portFrom(env, 'SIMULATOR_PORT', 8090),
    receiverPort: portFrom(env, 'RECEIVER_PORT', 8070),
    temporalPort: portFrom(env, 'TEMPORAL_PORT', 7233),
    temporalUiPort: portFrom(env, 'TEMPORAL_UI_PORT', 8233),
    postgresPort: portFrom(env, 'PG_PORT', 5499),
    ownPostgres: !env.DATABASE_URL,
    ownTemporal: !env.TEMPORAL_ADDRESS,
    ownSimulator: !['NOWPAYMENTS_', 'NOWPAYMENTS_SANDBOX_'].some((prefix) => hasPair(env, prefix)),
  };
  return { ...settings, ports: portsOf(settings) };
}

function portsOf(settings: Omit<DevSettings, 'ports'>): NamedPort[] {
  const { ownPostgres, ownTemporal, ownSimulator } = settings;
  const all = [
    { needed: true, port: settings.apiPort, variable: 'PORT' },
    { needed: ownSimulator, port: settings.simulatorPort, variable: 'SIMULATOR_PORT' },
    { needed: true, port: settings.receiverPort, variable: 'RECEIVER_PORT' },
    { needed: ownTemporal, port: settings.temporalPort, variable: 'TEMPORAL_PORT' },
    { needed: ownTemporal, port: settings.temporalUiPort, variable: 'TEMPORAL_UI_PORT' },
    { needed: ownPostgres, port: settings.postgresPort, variable: 'PG_PORT' },
  ];
  return all.filter(({ needed }) => needed).map(({ port, variable }) => ({ port, variable }));
}

function portFrom(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const text = env[variable]?.trim() || String(fallback);
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Error(`${variable}=${text} is not a port (1 to 65535)`);
}

/** Half a pair would mint orders whose payments are never heard of. */
function hasPair(env: NodeJS.ProcessEnv, prefix: string): boolean {
  const key = env[`${prefix}API_KEY`]?.trim();
  const secret = env[`${prefix}IPN_SECRET`]?.trim();
  if (Boolean(key) !== Boolean(secret)) {
    throw new Error(`${prefix}API_KEY and ${prefix}IPN_SECRET belong together: set both, or neither for the simulator`);
  }
  return Boolean(key);
}
