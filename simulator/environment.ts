import { join } from 'node:path';
import { parseMs } from './duration.js';
import type { SimulatorOptions } from './options.js';

type Environment = Readonly<Record<string, string | undefined>>;

export class Refused extends Error {}

/** The only place of the simulator that reads the environment; throws `Refused` with a reason to print. */
export function readEnvironment(env: Environment = process.env): SimulatorOptions {
  const force = env.SIMULATOR_FORCE === '1';
  if (env.NODE_ENV === 'production' && !force) {
    throw new Refused('NODE_ENV is production: the simulator moves no real coins. SIMULATOR_FORCE=1 starts it anyway.');
  }
  if (env.SIMULATOR_HOST !== undefined && !force) {
    throw new Refused('SIMULATOR_HOST needs SIMULATOR_FORCE=1: whoever reaches the simulator can pay with nothing.');
  }
  const options: SimulatorOptions = {
    port: integer(env, 'SIMULATOR_PORT', 8090),
    seed: integer(env, 'SIM_SEED', 1),
    apiKeys: (env.SIM_API_KEYS ?? 'simulator-key').split(',').map((key) => key.trim()),
    ipnSecret: env.SIM_IPN_SECRET ?? 'simulator-ipn-secret',
    email: env.SIM_EMAIL ?? 'merchant@example.test',
    password: env.SIM_PASSWORD ?? 'simulator-password',
    stepMs: duration(env, 'SIM_STEP', '2 seconds'),
    ipn: {
      retries: integer(env, 'SIM_IPN_RETRIES', 3),
      intervalMs: duration(env, 'SIM_IPN_INTERVAL', '1 minute'),
      timeoutMs: duration(env, 'SIM_IPN_TIMEOUT', '3 seconds'),
    },
    lateAfterMs: duration(env, 'SIM_LATE_AFTER', '61 minutes'),
    logLevel: env.LOG_LEVEL ?? 'warn',
    force,
  };
  if (env.SIMULATOR_HOST !== undefined) options.host = env.SIMULATOR_HOST;
  if (env.SIM_MEMORY !== '1') options.home = join(env.QUITTANCE_HOME ?? '.quittance', 'simulator');
  return options;
}

function integer(env: Environment, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined) return fallback;
  if (!/^\d{1,15}$/.test(text.trim())) throw new Refused(`${name} must be a whole number, not ${JSON.stringify(text)}`);
  return Number(text);
}

function duration(env: Environment, name: string, fallback: string): number {
  const text = env[name] ?? fallback;
  const ms = parseMs(text);
  if (ms === null) throw new Refused(`${name} must be a duration such as "${fallback}", not ${JSON.stringify(text)}`);
  return ms;
}
