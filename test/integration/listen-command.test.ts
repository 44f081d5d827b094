import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { parseWebhook } from '../../sdk/src/index.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const program = fileURLToPath(new URL('../../bin/quittance.mjs', import.meta.url));
const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

let stack: Stack;
let link: TcpProxy; // between the command and the API
let shop: Server;
let home: string;
let answers = 200;
const taken: string[] = []; // what the shop was told, and believed
const children: ChildProcess[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'quittance-listen-'));
  stack = await startStack();
  link = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(stack.apiUrl).port) });
  shop = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      parseWebhook({ body: Buffer.concat(chunks), headers: request.headers, secret }).then(
        (event) => {
          if (answers === 200) taken.push(`${event.type} ${'order_id' in event.data ? event.data.order_id : ''}`);
          response.writeHead(answers).end();
        },
        () => response.writeHead(400).end(),
      );
    });
  });
  await new Promise<void>((listening) => shop.listen(0, '127.0.0.1', listening));
}, 120_000);

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
afterAll(async () => {
  shop?.close();
  await link?.close();
  await stack?.close();
  rmSync(home, { recursive: true, force: true });
});

interface Listening {
  readonly child: ChildProcess;
  out: string;
  err: string;
}

function listen(words: readonly string[], over: Record<string, string> = {}): Listening {
  const own = { QUITTANCE_URL: `http://127.0.0.1:${link.port}`, QUITTANCE_API_KEY: stack.test.key };
  const env = { ...process.env, ...own, QUITTANCE_WEBHOOK_SECRET: secret, QUITTANCE_HOME: home, ...over };
  const child = spawn(process.execPath, [program, 'listen', ...words], { env });
  children.push(child);
  const listening: Listening = { child, out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (listening.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (listening.err += chunk.toString()));
  return listening;
}

const hook = () => ['--forward-to', `http://127.0.0.1:${(shop.address() as AddressInfo).port}/hook`];
const soon = (check: () => void) => eventually(check, { timeoutMs: 30_000 });

async function paidOrder(merchant = stack.test): Promise<string> {
  const { body } = await merchant.checkout();
  await stack.sim('/pay', { order_id: body.order_id });
  await eventually(async () => {
    const order = await merchant.call('GET', `/v1/billing/crypto-orders/${body.order_id}`);
    expect(order.body.status).toBe('paid');
  });
  return body.order_id as string;
}

it('brings what happens to a local port, signed as a delivery is, each event once, and waits for an API that is away', async () => {
  const before = await paidOrder();
  const listening = listen(hook());
  await soon(() => expect(listening.err).toContain('Ctrl-C'));
  const first = await paidOrder();
  await soon(() => expect(taken).toContain(`crypto.order.paid ${first}`));
  expect(taken.join()).not.toContain(before);

  await paidOrder(stack.live); // of another mode
  link.cut();
  await soon(() => expect(listening.err).toContain('The API is away'));
  const meanwhile = await paidOrder();
  link.mend();
  await soon(() => expect(taken).toContain(`crypto.order.paid ${meanwhile}`));
  expect(listening.err).toContain('The API is back.');

  answers = 500;
  const refused = await paidOrder();
  await soon(() => expect(listening.out).toMatch(new RegExp(`crypto\\.order\\.paid .* ${refused}  500 in \\d+ ms`)));
  answers = 200;
  listening.child.kill('SIGINT');
  const [code] = await once(listening.child, 'exit');
  expect(code).toBe(0);
  expect(new Set(taken).size).toBe(taken.length);
  const lines = listening.out.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThanOrEqual(taken.length);
  for (const line of lines) expect(line).toMatch(/^20\S+Z {2}crypto\.order\.\S+ +ord_[0-9a-f]{12} {2}\d{3} in \d+ ms$/);

  const again = listen([...hook(), '--since', '2026-01-01T00:00:00Z', '--json']);
  await soon(() => {
    for (const id of [before, refused]) expect(taken).toContain(`crypto.order.paid ${id}`);
  });
  expect(JSON.parse(again.out.split('\n')[0]!)).toMatchObject({
    status: 200,
    error: null,
    event: { id: expect.any(String) },
  });
}, 180_000);

it('says that nobody takes what it brings, and goes on', async () => {
  const closed = createServer();
  await new Promise<void>((ready) => closed.listen(0, '127.0.0.1', ready));
  const { port } = closed.address() as AddressInfo;
  await new Promise((done) => closed.close(done));
  const listening = listen(['--forward-to', `http://127.0.0.1:${port}/`, '--since', '2026-01-01T00:00:00Z']);
  await soon(() => expect(listening.out).toMatch(/not taken: .*ECONNREFUSED/));
  const id = await paidOrder();
  await soon(() => expect(listening.out).toContain(`${id}  not taken`));
}, 60_000);

it.each([
  ['a live key without --live', hook, { QUITTANCE_API_KEY: 'ds_live_x' }, 'say --live'],
  [
    'no key',
    hook,
    { QUITTANCE_API_KEY: '', DATABASE_URL: 'postgres://127.0.0.1/none' },
    'QUITTANCE_API_KEY is not set',
  ],
  ['a key that nobody knows', hook, { QUITTANCE_API_KEY: 'ds_test_x' }, 'the API says 401'],
  ['a secret that is none', hook, { QUITTANCE_WEBHOOK_SECRET: 'hunter2' }, 'expected whsec_'],
  ['a target that is no URL', () => ['--forward-to', 'localhost:3000'], {}, 'expected a URL such as'],
] as const)(
  'refuses %s, in one line',
  async (_what, words, over, said) => {
    const listening = listen(words(), over);
    const [code] = await once(listening.child, 'exit');
    expect(code).toBe(2);
    expect(listening.err).toContain(said);
    expect(listening.out).toBe('');
  },
  30_000,
);
