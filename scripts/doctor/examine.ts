import { loadConfig, type Config } from '../../src/config.js';
import { createPool, databaseOf } from '../../src/db/pool.js';
import { keyringOf } from '../../src/db/secrets/seal.js';
import { createGateway } from '../../src/gateway/nowpayments.js';
import { connectionSettings, lazyClient } from '../../src/temporal/connection.js';
import { lookAtCallback } from './callback.js';
import { lookAtDatabase } from './database.js';
import { findingsOf, messageOf, type Finding } from './finding.js';
import { lookAtProvider, pairsOf } from './provider.js';
import { lookAtTemporal } from './temporal.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Looks at everything Quittance stands on, from the outside. Changes nothing. */
export async function examine(env: Environment): Promise<{ findings: Finding[]; config: Config | null }> {
  let config: Config;
  try {
    config = loadConfig(env);
  } catch (failure) {
    return { findings: settingFaults(failure), config: null };
  }
  const [database, temporal, callback] = await Promise.all([
    databaseAndProvider(config),
    withTemporal(env),
    lookAtCallback(config),
  ]);
  const settings = findingsOf('settings').ok(`usable, for ${config.production ? 'production' : 'development'}`);
  return { findings: [settings, ...database, ...temporal, ...callback], config };
}

/** The error names each variable at fault on a line of its own. */
function settingFaults(failure: unknown): Finding[] {
  const { bad } = findingsOf('settings');
  const [, ...faults] = (failure instanceof Error ? failure.message : String(failure)).split('\n');
  const mend = '.env.example says what each variable is for.';
  return (faults.length > 0 ? faults : [messageOf(failure)]).map((fault) => bad(fault.trim(), mend));
}

async function databaseAndProvider(config: Config): Promise<Finding[]> {
  const pool = createPool({ ...databaseOf(config), max: 2, applicationName: 'quittance-doctor', onError: () => {} });
  const gateway = createGateway({ maxRps: 5 });
  try {
    const database = await lookAtDatabase(config, pool);
    const isReadable = database.every(({ level }) => level !== 'bad');
    const keyring = keyringOf(config.masterKeys);
    const pairs = await pairsOf(config, isReadable ? { pool, keyring } : null);
    return [...database, ...(await lookAtProvider(config, gateway, pairs))];
  } finally {
    await Promise.all([pool.end(), gateway.close()]);
  }
}

async function withTemporal(env: Environment): Promise<Finding[]> {
  const { client, close } = lazyClient({ env });
  try {
    return await lookAtTemporal(client, connectionSettings({ env }).options);
  } finally {
    await close();
  }
}
