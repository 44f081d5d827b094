import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevSecrets } from './secrets.js';
import type { DevSettings } from './settings.js';

export interface Servers {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
}

/** The environment of API and worker: what was given from outside wins over what we started ourselves. */
export function partEnvironment(
  env: NodeJS.ProcessEnv,
  { settings, secrets, servers }: { settings: DevSettings; secrets: DevSecrets; servers: Servers },
): NodeJS.ProcessEnv {
  const apiUrl = `http://127.0.0.1:${settings.apiPort}`;
  return {
    // Free ports: two copies side by side would otherwise fight over metrics that nobody scrapes here.
    METRICS_PORT: '0',
    WORKER_METRICS_PORT: '0',
    QUITTANCE_MASTER_KEY: secrets.masterKey,
    CONSOLE_PASSWORD: secrets.consolePassword,
    PUBLIC_URL: apiUrl,
    ...env,
    ...(settings.ownTemporal ? localTemporal(env, settings, servers.temporalAddress) : {}),
    ...(settings.ownSimulator ? simulatorAccounts(`http://127.0.0.1:${settings.simulatorPort}`, secrets) : {}),
    NODE_ENV: 'development',
    HOST: env.HOST || '127.0.0.1',
    WEBHOOK_ALLOW_TARGETS: [env.WEBHOOK_ALLOW_TARGETS, `127.0.0.1:${settings.receiverPort}`].filter(Boolean).join(','),
    PORT: String(settings.apiPort),
    QUITTANCE_HOME: settings.home,
    DATABASE_URL: servers.databaseUrl,
  };
}

/** A profile for some cloud, in the shell or in a file, must not be mixed with the address of our own server. */
function localTemporal(
  env: NodeJS.ProcessEnv,
  { home, temporalUiPort }: DevSettings,
  address: string,
): NodeJS.ProcessEnv {
  const foreign = Object.keys(env).filter((name) => /^TEMPORAL_(NAMESPACE|API_KEY|PROFILE|TLS|GRPC_META)/.test(name));
  const cleared = Object.fromEntries(foreign.map((name) => [name, undefined]));
  const file = join(home, 'temporal.toml'); // also for the CLI: TEMPORAL_CONFIG_FILE=.quittance/temporal.toml
  writeFileSync(file, `[profile.default]\naddress = "${address}"\n`);
  const uiUrl = `http://127.0.0.1:${temporalUiPort}`;
  return { ...cleared, TEMPORAL_CONFIG_FILE: file, TEMPORAL_ADDRESS: address, TEMPORAL_UI_URL: uiUrl };
}

/** Two accounts at the simulator, as at the provider: one for live orders, one for the sandbox. */
export function simulatorAccounts(url: string, secrets: DevSecrets): Record<string, string> {
  const account = (prefix: string, key: string) => ({
    [`${prefix}API_URL`]: `${url}/v1`,
    [`${prefix}API_KEY`]: key,
    [`${prefix}IPN_SECRET`]: secrets.ipnSecret,
    [`${prefix}EMAIL`]: secrets.providerLogin.email,
    [`${prefix}PASSWORD`]: secrets.providerLogin.password,
  });
  return {
    ...account('NOWPAYMENTS_', secrets.providerKeys.live),
    ...account('NOWPAYMENTS_SANDBOX_', secrets.providerKeys.test),
  };
}

export function simulatorEnvironment(
  env: NodeJS.ProcessEnv,
  { settings, secrets, payWindowMs }: { settings: DevSettings; secrets: DevSecrets; payWindowMs: number },
): NodeJS.ProcessEnv {
  return {
    SIM_LATE_AFTER: `${Math.ceil(payWindowMs / 1000) + 60} seconds`,
    ...env,
    QUITTANCE_HOME: settings.home,
    SIMULATOR_PORT: String(settings.simulatorPort),
    SIM_API_KEYS: [secrets.providerKeys.live, secrets.providerKeys.test, env.SIM_API_KEYS].filter(Boolean).join(','),
    SIM_IPN_SECRET: secrets.ipnSecret,
    SIM_EMAIL: secrets.providerLogin.email,
    SIM_PASSWORD: secrets.providerLogin.password,
  };
}

/** The secrets go by the environment: they are in no output and no file, and no other user can read them. */
export function receiverEnvironment(
  env: NodeJS.ProcessEnv,
  { receiverPort }: DevSettings,
  secrets: readonly string[],
): NodeJS.ProcessEnv {
  return { ...env, RECEIVER_PORT: String(receiverPort), RECEIVER_SECRETS: secrets.join(',') };
}
