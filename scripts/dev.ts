import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../src/config.js';
import { migrate } from '../src/db/migrate.js';
import { keyringOf } from '../src/db/secrets/seal.js';
import { publicId } from '../src/domain/ids.js';
import { queues } from '../src/workflows/messages.js';
import { ensureDemoAccount } from './dev/demo-account.js';
import { type DevFile, devFilePath, removeDevFile, writeDevFile } from './dev/dev-file.js';
import { findTemporalCli } from './dev/find-temporal.js';
import { partEnvironment, receiverEnvironment, simulatorEnvironment } from './dev/part-environment.js';
import { answersHttp, startPart, type Part } from './dev/parts.js';
import { assertPortFree } from './dev/ports.js';
import { createDatabaseIfMissing, startPostgres } from './dev/postgres.js';
import { type Processes, createProcesses } from './dev/processes.js';
import { resealOnce } from './dev/reseal.js';
import { type DevSecrets, keptSecrets } from './dev/secrets.js';
import { type DevSettings, readDevSettings } from './dev/settings.js';
import { ensureReceiverEndpoints } from './dev/receiver-endpoints.js';
import { stopOnSignals } from './dev/stopping.js';
import { accessFrom, allPolled, answers, startTemporal } from './dev/temporal.js';

const env = process.env;
const startedAt = Date.now();

function say(line: string): void {
  console.log(`[${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s] ${line}`);
}

async function main(processes: Processes, settings: DevSettings): Promise<void> {
  removeDevFile(settings.home);
  for (const port of settings.ports) await assertPortFree(port);
  const secrets = keptSecrets(settings.home);
  const [databaseUrl, temporalAddress] = await Promise.all([
    settings.ownPostgres ? ownDatabase(processes, settings, secrets) : env.DATABASE_URL!, // set, or it would be ours
    settings.ownTemporal ? ownTemporal(processes, settings) : env.TEMPORAL_ADDRESS!,
  ]);
  const partEnv = partEnvironment(env, { settings, secrets, servers: { databaseUrl, temporalAddress } });
  const config = loadConfig(partEnv);
  const access = accessFrom(partEnv);
  if (!settings.ownTemporal) await answers(access);
  await migrate(databaseUrl);
  await resealOnce(databaseUrl, keyringOf(config.masterKeys));
  await ensureDemoAccount(databaseUrl, secrets);
  const urls = urlsOf(settings);
  const receiverSecrets = await ensureReceiverEndpoints(databaseUrl, {
    accountId: secrets.accountId,
    keyring: keyringOf(config.masterKeys),
    url: `${urls.receiver}/hook`,
  });
  say('database migrated, demo account at hand');

  const simulatorEnv = simulatorEnvironment(env, { settings, secrets, payWindowMs: config.clocks.payWindowMs });
  const receiverEnv = receiverEnvironment(env, settings, receiverSecrets);
  const polled = { workflows: [queues.orders], activities: Object.values(queues) };
  const simulator = { name: 'simulator', entry: 'simulator/main.ts', env: simulatorEnv };
  // Benches measure what production runs: the output of `npm run build`.
  const ours = (program: string) => (env.START_BUILT === '1' ? `dist/${program}.js` : `${program}.ts`);
  const receiver = { name: 'receiver', entry: 'scripts/webhook-receiver.ts', env: receiverEnv };
  const parts: Part[] = [
    ...(urls.simulator === null ? [] : [{ ...simulator, isReady: () => answersHttp(urls.simulator!) }]),
    { ...receiver, isReady: () => answersHttp(urls.receiver) },
    { name: 'worker', entry: ours('src/worker'), env: partEnv, isReady: () => allPolled(access, polled) },
    { name: 'api', entry: ours('src/api/server'), env: partEnv, isReady: () => answersHttp(`${urls.api}/readyz`) },
  ];
  await Promise.all(parts.map((part) => startPart(processes, part).then(() => say(`${part.name} is up`))));

  const devFile: DevFile = {
    api_url: urls.api,
    api_key: secrets.keys.live,
    admin_key: secrets.keys.admin,
    test_key: secrets.keys.test,
    account_id: publicId('account', secrets.accountId),
    ipn_secret: partEnv.NOWPAYMENTS_IPN_SECRET ?? partEnv.NOWPAYMENTS_SANDBOX_IPN_SECRET ?? '',
    simulator_url: urls.simulator,
    receiver_url: urls.receiver,
    temporal_address: temporalAddress,
    temporal_ui_url: settings.ownTemporal ? `http://127.0.0.1:${settings.temporalUiPort}` : null,
    database_url: databaseUrl,
    console_url: `${urls.api}/console`,
    console_password: partEnv.CONSOLE_PASSWORD ?? '',
  };
  writeDevFile(settings.home, devFile);
  announce(devFile, settings, config.brandName);
}

function urlsOf({ apiPort, receiverPort, simulatorPort, ownSimulator }: DevSettings) {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return { api: at(apiPort), receiver: at(receiverPort), simulator: ownSimulator ? at(simulatorPort) : null };
}

async function ownDatabase(processes: Processes, settings: DevSettings, secrets: DevSecrets): Promise<string> {
  const dataDir = join(settings.home, 'postgres');
  const password = secrets.postgresPassword;
  const server = await startPostgres({ processes, dataDir, port: settings.postgresPort, password });
  await createDatabaseIfMissing(server, 'quittance');
  say('PostgreSQL is up');
  return server.url('quittance');
}

async function ownTemporal(processes: Processes, settings: DevSettings): Promise<string> {
  const cli = await findTemporalCli(env, say);
  // Another version does not migrate the file of this one: each has its own.
  const file = join(settings.home, `temporal-${cli.version}.db`);
  const { temporalPort: port, temporalUiPort: uiPort } = settings;
  const address = await startTemporal({ processes, cli, port, uiPort, file });
  say(`Temporal ${cli.version} is up`);
  return address;
}

function announce(devFile: DevFile, { home }: DevSettings, brandName: string): void {
  const lines = [
    ['name', `${brandName}   (on pages and receipts; one of your own: BRAND_NAME="Acme Pay" npm start)`],
    ['API', `${devFile.api_url}   (documentation: ${devFile.api_url}/docs)`],
    ['API key', devFile.api_key],
    ['test key', devFile.test_key],
    ['admin key', devFile.admin_key],
    ['console', `${devFile.console_url}   (name: admin, password: ${devFile.console_password})`],
    ['simulator', devFile.simulator_url ?? 'not used: NOWPayments is called with your credentials'],
    ['webhooks', `${devFile.receiver_url}   (what the demo account is sent, as it arrives)`],
    ['Temporal', devFile.temporal_ui_url ?? devFile.temporal_address],
    ['database', devFile.database_url],
    ['all of it', devFilePath(home)],
    ['logs', join(home, 'logs')],
  ];
  console.log(`\n${lines.map(([label, value]) => `  ${label!.padEnd(10)} ${value}`).join('\n')}\n`);
  say('Quittance is ready. Ctrl-C stops everything; the next start finds the same data and keys.');
}

async function start(): Promise<void> {
  const settings = readDevSettings(env);
  mkdirSync(settings.home, { recursive: true, mode: 0o700 });
  const processes = createProcesses({ logDir: join(settings.home, 'logs') });
  const stopping = stopOnSignals(processes, say);
  try {
    await main(processes, settings);
  } catch (failure) {
    await stopping.fail(failure);
  }
}

start().catch((failure: unknown) => {
  console.error(`\nQuittance cannot start: ${failure instanceof Error ? failure.message : String(failure)}`);
  process.exitCode = 1;
});
