import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fourWords } from '../../bench/compare/contender.js';
import { type OpenRival, rivalNames, startRival } from '../../bench/compare/rivals.js';
import { nodeArgs } from '../../scripts/dev/parts.js';
import { queryOnce } from '../../scripts/dev/postgres.js';
import { type Processes, createProcesses } from '../../scripts/dev/processes.js';
import { type Simulator, startSimulator } from '../../simulator/server.js';
import { eventually } from '../support/eventually.js';
import { type Hook, type Hooks, startHooks } from '../support/hooks.js';
import { type TestTemporal, testTemporal } from '../support/temporal.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const secret = 'rivals-ipn-secret';

// A comparison says something only while the others do their work: see docs/performance.md, "Who is compared".
describe.each(rivalNames)('the rival %s', (name) => {
  let logDir: string;
  let processes: Processes;
  let temporal: TestTemporal;
  let simulator: Simulator;
  let hooks: Hooks;
  let merchant: Hook;
  let rival: OpenRival;

  beforeAll(async () => {
    logDir = mkdtempSync(join(tmpdir(), 'quittance-rival-'));
    processes = createProcesses({ logDir });
    [temporal, hooks] = await Promise.all([testTemporal(), startHooks()]);
    merchant = hooks.at('rival');
    const account = { email: 'rival@example.com', password: 'simulator', apiKeys: ['rival-key'], ipnSecret: secret };
    simulator = await startSimulator({ port: 0, stepMs: 20, ipn: { intervalMs: 500 }, ...account });
    rival = await startRival(name, {
      databaseUrl: inject('servers').adminUrl,
      temporalAddress: temporal.address,
      temporalNamespace: temporal.namespace,
      simulatorUrl: simulator.url,
      providerKey: 'rival-key',
      ipnSecret: secret,
      receiverUrl: merchant.url,
      run: (program, entry, args, env) =>
        processes.start({
          name: program,
          command: process.execPath,
          args: [...nodeArgs(entry), ...args],
          cwd: root,
          env: { ...process.env, ...env },
        }),
    });
  }, 120_000);

  afterAll(async () => {
    await rival?.close();
    await processes?.stopAll();
    await Promise.all([simulator?.close(), hooks?.close(), temporal?.close()]);
    await queryOnce(inject('servers').adminUrl, `drop database if exists rival_${name} with (force)`);
    rmSync(logDir, { recursive: true, force: true });
  });

  const rows = async (table: string, orderId: string) =>
    (await rival.ledger.pool.query(`select * from ${table} where order_id = $1`, [orderId])).rowCount;
  const told = (orderId: string) =>
    merchant.received.filter(({ body }) => body.includes(`"order.paid","order_id":"${orderId}"`)).length;

  it('ends an order paid, granted once, with its receipt, and tells the merchant', async () => {
    const orderId = await rival.checkout();
    await rival.pay(orderId, { ...fourWords, stepMs: 30 });
    await eventually(async () => {
      expect(await rows('entitlements', orderId)).toBe(1);
      expect(await rows('receipts', orderId)).toBe(1);
      expect(told(orderId)).toBe(1);
    });
  });

  it('asks the provider of what no notice tells', async () => {
    const orderId = await rival.asking(300).checkout();
    await rival.pay(orderId, { ...fourWords, stepMs: 30, ipn: 'drop' });
    await eventually(async () => expect(await rows('entitlements', orderId)).toBe(1));
  });

  it('believes no notice that is not signed', async () => {
    const body = JSON.stringify({ order_id: randomUUID(), payment_id: 1, payment_status: 'finished' });
    const headers = { 'content-type': 'application/json', 'x-nowpayments-sig': 'ab'.repeat(64) };
    expect((await fetch(`${rival.api}/ipn`, { method: 'POST', headers, body })).status).toBe(401);
  });
});
