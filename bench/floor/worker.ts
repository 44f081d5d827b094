import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

const [address = '', namespace = '', taskQueue = ''] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({ address });
const nothing = async (): Promise<void> => {};
// The limits of our own worker, so that only the work differs.
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('./bare-order.ts', import.meta.url)),
  activities: { open: nothing, settle: nothing },
  maxCachedWorkflows: 500,
});
await worker.run();
await connection.close();
