import { createHmac } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { anOrder } from './an-order.js';
import { installPackage, root, run, type InstalledPackage } from './installed-package.js';
import { json, problem, raw, scriptedServer, type ScriptedServer, type Step } from './scripted-server.js';

let sdk: InstalledPackage;
beforeAll(async () => {
  sdk = await installPackage();
}, 120_000);
afterAll(() => sdk.remove());

let server: ScriptedServer | undefined;
afterEach(() => server?.close());

async function example(name: string, args: string[], ...steps: Step[]) {
  server = await scriptedServer(...steps);
  return sdk.runExample(name, args, { QUITTANCE_API_KEY: 'ds_test_key', QUITTANCE_URL: server.url });
}

describe('the README', () => {
  it('prints every example as it is', async () => {
    const readme = await readFile(path.join(root, 'sdk/README.md'), 'utf8');
    const files = (await readdir(path.join(root, 'sdk/examples'))).filter((file) => file.endsWith('.ts'));
    const blocks = [...readme.matchAll(/<!-- example: (\S+) -->\n\n```ts\n(.*?)```/gs)];
    expect(blocks.map((block) => block[1]).sort()).toEqual(files.sort());
    expect(readme.match(/```ts$/gm)).toHaveLength(files.length);
    for (const [, file = '', text] of blocks) {
      expect(text, file).toBe(await readFile(path.join(root, 'sdk/examples', file), 'utf8'));
    }
  });

  it('has examples that pass the type checker against the package', async () => {
    const files = (await readdir(path.join(sdk.project, 'examples'))).map((file) => `examples/${file}`);
    const strict = ['--noEmit', '--strict', '--target', 'es2023', '--lib', 'es2023', '--module', 'nodenext'];
    const node = ['--types', 'node', '--typeRoots', path.join(root, 'node_modules/@types')];
    const tsc = path.join(root, 'node_modules/.bin/tsc');
    expect(await run(tsc, [...strict, ...node, ...files], { cwd: sdk.project })).toMatchObject({ code: 0, stdout: '' });
  }, 90_000);
});

describe('checkout.ts', () => {
  const minted = anOrder({ pay_extra_id: '104' });

  it('shows what to send where', async () => {
    const outcome = await example('checkout.ts', [], json({ ...minted, provider: 'nowpayments' }, { status: 201 }));
    expect(outcome).toEqual({
      code: 0,
      stdout:
        'ord_0123456789ab: send exactly 49.005000 usdttrc20\n' +
        'to TXa1b2c3 on trx before 2026-11-24T11:00:00.000Z\nwith the memo 104\n',
      stderr: '',
    });
    expect(server?.seen[0]?.headers['idempotency-key']).toBe('purchase-2026-000017');
  });

  it('shows the payment page while there is no address', async () => {
    const outcome = await example('checkout.ts', [], json(anOrder({ payment_address: null }), { status: 201 }));
    expect(outcome.stdout).toBe(
      'ord_0123456789ab: no address yet, the payment page will show it: http://127.0.0.1:8080/pay/token\n',
    );
  });
});

describe('wait-for-settlement.ts', () => {
  it('grants a paid order and shows its receipt', async () => {
    const paid = json(anOrder({ status: 'paid' }));
    const outcome = await example('wait-for-settlement.ts', ['ord_0123456789ab'], paid, raw('Driftstack receipt\n'));
    expect(outcome.stdout).toBe('ord_0123456789ab is paid: grant team_manual\nDriftstack receipt\n\n');
  });

  it('grants nothing for a failed one', async () => {
    const outcome = await example('wait-for-settlement.ts', ['ord_1'], json(anOrder({ status: 'failed' })));
    expect(outcome).toMatchObject({ code: 0, stdout: 'ord_1 is failed: grant nothing\n' });
  });
});

describe('reconcile.ts', () => {
  it('walks all pages', async () => {
    const page = (id: string, cursor: string | null) =>
      json({ orders: [anOrder({ order_id: id, paid_at: '2026-11-24T10:05:00.000Z' })], next_cursor: cursor });
    const outcome = await example('reconcile.ts', ['2026-11-23T00:00:00Z'], page('ord_a', 'x'), page('ord_b', null));
    expect(outcome.stdout).toBe(
      'ord_a 4900 USD paid at 2026-11-24T10:05:00.000Z\nord_b 4900 USD paid at 2026-11-24T10:05:00.000Z\n' +
        '2 paid since 2026-11-23T00:00:00Z\n',
    );
  });
});

describe('errors.ts', () => {
  it.each<[string, Step, string]>([
    ['a cancelled order', json(anOrder({ status: 'cancelled' })), 'ord_1 is cancelled\n'],
    ['an unknown order', problem(404, 'not-found'), 'ord_1 is not an order of this account\n'],
    ['an order that is paid', problem(409, 'conflict'), 'cannot cancel: Detail of conflict\n'],
    ['a server in trouble', problem(500, 'internal'), 'try again later (req-1)\n'],
  ])('tells %s apart', async (_, step, stdout) => {
    expect(await example('errors.ts', ['ord_1'], step)).toEqual({ code: 0, stdout, stderr: '' });
  });
});

describe('webhook-receiver.ts', () => {
  it('grants a genuine paid event once and refuses a forged one', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const receiver = sdk.start('webhook-receiver.ts', { QUITTANCE_WEBHOOK_SECRET: secret, PORT: '0' });
    let output = '';
    receiver.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    try {
      const port = await eventually(() => {
        const found = /port: (\d+)/.exec(output)?.[1];
        expect(found).toBeDefined();
        return found;
      });
      const what = { order_id: 'ord_1', product: 'team_manual', price_cents: 4900, price_currency: 'USD' };
      const paid = { ...what, payment_id: '1', paid_at: '2026-11-24T10:00:00.000Z', version: 3 };
      const event = { id: 'e1', type: 'crypto.order.paid', created_at: '2026-11-24T10:00:00.000Z', data: paid };
      const body = JSON.stringify(event);
      const t = Math.floor(Date.now() / 1000);
      const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
      const headers = { 'x-driftstack-signature': `t=${t},v1=${v1}` };
      const deliver = async (text: string) =>
        (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: text })).status;
      expect(await deliver(body)).toBe(204);
      expect(await deliver(body)).toBe(204);
      expect(await deliver(body.replace('ord_1', 'ord_2'))).toBe(400);
      await eventually(() => expect(output.match(/grant .*/g)).toEqual(['grant team_manual for ord_1']));
    } finally {
      receiver.kill();
    }
  });
});
