import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { openLedger } from '../ledger.js';
import { readSettings } from '../settings.js';
import { createShop } from '../shop.js';
import { naiveActivities } from './activities.js';

const settings = readSettings(process.env);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const ledger = openLedger(settings.databaseUrl);
const connection = await NativeConnection.connect({ address: settings.temporalAddress });
const worker = await Worker.create({
  connection,
  namespace: settings.temporalNamespace,
  taskQueue: 'rival-naive',
  workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
  activities: naiveActivities(createShop(settings), ledger),
});
await worker.run();
await connection.close();
await ledger.pool.end();
