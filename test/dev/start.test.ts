import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevFile } from '../../scripts/dev/dev-file.js';
import { freePort } from '../../scripts/dev/ports.js';
import { type Simulator, startSimulator } from '../../simulator/server.js';
import { eventually } from '../support/eventually.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { type TestTemporal, testTemporal } from '../support/temporal.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const portVariables = [
  ...['PORT', 'SIMULATOR_PORT', 'RECEIVER_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'PG_PORT'],
] as const;

let home: string;
let ports: Record<string, string>;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'quittance-start-'));
  ports = Object.fromEntries(
    await Promise.all(portVariables.map(async (name) => [name, String(await freePort())] as const)),
  );
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

interface Start {
  readonly process: ChildProcess;
  readonly output: () => string;
}

const itself = [process.execPath, '--import', tsx, 'scripts/dev.ts'];

function start(env: Record<string, string> = {}, [command, ...args] = itself): Start {
  const own = { ...process.env, NODE_ENV: 'development', QUITTANCE_HOME: home, ...ports, ...env };
  const child = spawn(command!, args, { cwd: root, env: own, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  return { process: child, output: () => text };
}

async function ready({ process: child, output }: Start): Promise<DevFile> {
  await eventually(
    () => {
      if (!output().includes('Quittance is ready') && child.exitCode === null)
        throw new Error(`not ready:\n${output()}`);
    },
    { timeoutMs: 60_000 },
  );
  expect(output()).toContain('Quittance is ready');
  return JSON.parse(readFileSync(join(home, 'dev.json'), 'utf8')) as DevFile;
}

async function stop({ process: child }: Start, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
  return child.exitCode;
}

async function everythingIsDown(): Promise<void> {
  const check = async () => {
    for (const name of portVariables) {
      const server = createServer().listen(Number(ports[name]), '127.0.0.1');
      await once(server, 'listening');
      server.close();
      await once(server, 'close');
    }
  };
  await eventually(check, { timeoutMs: 40_000 }); // a part may take fifteen seconds to finish its work
}

async function checkout({ api_url, api_key }: DevFile): Promise<{ order_id: string; payment_address: string }> {
  const answer = await fetch(`${api_url}/v1/billing/crypto-checkout`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api_key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ product: 'team_manual', price_cents: 4900, price_currency: 'USD' }),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as { order_id: string; payment_address: string };
}

/** Sends a test ping to each mode's endpoint and waits until the page shows both as verified. Answers their ids. */
async function pingReceivers({ api_url, api_key, test_key, receiver_url }: DevFile): Promise<string[]> {
  const ids: string[] = [];
  const events: string[] = [];
  for (const key of [api_key, test_key]) {
    const call = async (method: string, path: string) => {
      const answer = await fetch(api_url + path, { method, headers: { authorization: `Bearer ${key}` } });
      expect(answer.status).toBeLessThan(300);
      return (await answer.json()) as { data: { id: string; url: string }[]; event_id: string };
    };
    const { data } = await call('GET', '/v1/webhooks');
    expect(data).toMatchObject([{ url: `${receiver_url}/hook`, active: true }]);
    ids.push(data[0]!.id);
    events.push((await call('POST', `/v1/webhooks/${data[0]!.id}/test`)).event_id);
  }
  await eventually(async () => {
    const { deliveries } = (await (await fetch(`${receiver_url}/_deliveries`)).json()) as { deliveries: object[] };
    for (const eventId of events)
      expect(deliveries).toContainEqual(
        expect.objectContaining({ eventId, signature: 'verified', standardSignature: 'verified' }),
      );
  });
  return ids;
}

describe('npm start', () => {
  it('brings up everything, stops cleanly, and finds its orders and keys again', { timeout: 180_000 }, async () => {
    const first = start();
    const devFile = await ready(first);
    expect(first.output()).toMatch(/name +Driftstack .+ BRAND_NAME="Acme Pay" npm start/);
    expect(Object.keys(devFile).sort()).toEqual([
      'account_id',
      'admin_key',
      'api_key',
      'api_url',
      'console_password',
      'console_url',
      'database_url',
      'ipn_secret',
      'receiver_url',
      'simulator_url',
      'temporal_address',
      'temporal_ui_url',
      'test_key',
    ]);
    expect(statSync(join(home, 'dev.json')).mode & 0o777).toBe(0o600);
    const order = await checkout(devFile);
    expect(order.payment_address).toMatch(/^T/);
    const endpoints = await pingReceivers(devFile);
    expect(first.output()).toContain(devFile.receiver_url);
    expect(first.output()).not.toContain('whsec_');
    for (const part of ['api', 'worker']) {
      const log = readFileSync(join(home, 'logs', `${part}.log`), 'utf8');
      expect(log).toContain(`"targets":["127.0.0.1:${ports.RECEIVER_PORT}"]`); // named at boot
      expect(log).not.toContain('whsec_');
    }
    expect(await stop(first, 'SIGINT')).toBe(0);
    await everythingIsDown();

    const second = start();
    expect(await ready(second)).toEqual(devFile);
    const again = await fetch(`${devFile.api_url}/v1/billing/crypto-orders/${order.order_id}`, {
      headers: { authorization: `Bearer ${devFile.api_key}` },
    });
    expect(await again.json()).toMatchObject({ order_id: order.order_id, status: 'pending' });
    expect(await pingReceivers(devFile)).toEqual(endpoints);
    await stop(second, 'SIGKILL');
    await everythingIsDown();
  });

  it('names the variable of a port that is taken, and starts nothing', { timeout: 60_000 }, async () => {
    const squatter = createServer().listen(Number(ports.TEMPORAL_UI_PORT), '127.0.0.1');
    await once(squatter, 'listening');
    const attempt = start();
    await once(attempt.process, 'exit');
    squatter.close();
    expect(attempt.process.exitCode).toBe(1);
    expect(attempt.output()).toContain(`port ${ports.TEMPORAL_UI_PORT} on 127.0.0.1 is busy`);
    expect(attempt.output()).toContain('TEMPORAL_UI_PORT=<port>');
    expect(existsSync(join(home, 'dev.json'))).toBe(false);
  });
});

describe('npm start with parts from outside', () => {
  const account = { email: 'shop@example.test', password: 'outside' };
  let database: TestDatabase;
  let temporal: TestTemporal;
  let provider: Simulator;

  beforeAll(async () => {
    const settings = { port: 0, apiKeys: ['outside-key'], ipnSecret: 'outside-secret', stepMs: 20, ...account };
    [database, temporal, provider] = await Promise.all([testDatabase(), testTemporal(), startSimulator(settings)]);
  });

  afterAll(async () => {
    await Promise.all([database.drop(), temporal.close(), provider.close()]);
  });

  it('uses the database, the Temporal and the NOWPayments it is given', { timeout: 120_000 }, async () => {
    const outside = {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      NOWPAYMENTS_API_URL: `${provider.url}/v1`,
      NOWPAYMENTS_API_KEY: 'outside-key',
      NOWPAYMENTS_IPN_SECRET: 'outside-secret',
      NOWPAYMENTS_EMAIL: account.email,
      NOWPAYMENTS_PASSWORD: account.password,
    };
    const started = start(outside, ['npm', 'start']);
    const devFile = await ready(started);
    expect(devFile).toMatchObject({
      database_url: database.url,
      temporal_address: temporal.address,
      temporal_ui_url: null,
      simulator_url: null,
      ipn_secret: 'outside-secret',
    });
    const { order_id } = await checkout(devFile);
    const workflow = temporal.client.workflow.getHandle(`crypto-order/${order_id}`);
    expect((await workflow.describe()).status.name).toBe('RUNNING');

    const body = JSON.stringify({ order_id });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${provider.url}/_sim/pay`, { method: 'POST', headers, body })).status).toBe(200);
    expect(await workflow.result()).toMatchObject({ status: 'paid' });
    // A supervisor that ends npm ends all of it, though npm itself waits for nobody.
    await stop(started, 'SIGTERM');
    await everythingIsDown();
  });

  it('refuses half a NOWPayments account', { timeout: 60_000 }, async () => {
    const attempt = start({ NOWPAYMENTS_API_KEY: 'outside-key' });
    await once(attempt.process, 'exit');
    expect(attempt.process.exitCode).toBe(1);
    expect(attempt.output()).toContain('NOWPAYMENTS_API_KEY and NOWPAYMENTS_IPN_SECRET belong together');
  });
});
