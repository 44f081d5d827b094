import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';
import { startWorker } from '../../src/worker/wiring.js';
import { eventually } from '../support/eventually.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { testTemporal, type TestTemporal } from '../support/temporal.js';

let database: TestDatabase;
let temporal: TestTemporal;
let link: TcpProxy;
beforeAll(async () => {
  [database, temporal] = await Promise.all([testDatabase(), testTemporal()]);
  const [host = '', port] = temporal.address.split(':');
  link = await startTcpProxy({ host, port: Number(port) });
});
afterAll(async () => {
  await link?.close();
  await temporal?.close();
  await database?.drop();
});

it('a start that fails leaves no connection open, however often it is tried', async () => {
  const config = loadConfig({ DATABASE_URL: database.url, QUITTANCE_MASTER_KEY: 'ab'.repeat(32) });
  const wiring = {
    ...{ config, metrics: createMetrics(), log: createLog({ name: 'test', level: 'silent' }) },
    temporal: { address: `127.0.0.1:${link.port}`, namespace: 'nowhere' },
  };
  for (let n = 0; n < 3; n += 1) await expect(startWorker(wiring)).rejects.toThrow(/nowhere|NOT_FOUND|not found/i);
  await eventually(() => expect(link.held()).toBe(0));
});
