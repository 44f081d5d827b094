import { DBOS } from '@dbos-inc/dbos-sdk';
import { hour } from '../../../src/domain/timing.js';
import { openDoors } from '../doors.js';
import { openLedger } from '../ledger.js';
import { readSettings } from '../settings.js';
import { createShop, isOver, isPaid, type ShopOrder } from '../shop.js';

// Guarantees: as the naive workflow's, and a notice is on PostgreSQL before its sender is thanked. One process is API and worker:
// a workflow goes on where it was begun, or by recovery at the next start.
const settings = readSettings(process.env);
const ledger = openLedger(settings.databaseUrl);
const shop = createShop(settings);
DBOS.setConfig({ name: 'rival', systemDatabaseUrl: settings.databaseUrl, logLevel: 'error' });

async function order(given: ShopOrder): Promise<string> {
  const { orderId } = given;
  await DBOS.runStep(() => ledger.insert(given), { name: 'insert' });
  const minted = await DBOS.runStep(() => shop.mint(given), { name: 'mint' });
  await DBOS.runStep(() => ledger.bind(orderId, minted), { name: 'bind' });
  await DBOS.setEvent('address', minted.address);
  const endsAt = (await DBOS.now()) + hour;
  while ((await DBOS.now()) < endsAt) {
    await DBOS.recv('notice', { timeoutSeconds: given.pollEveryMs / 1000 });
    const payment = await DBOS.runStep(() => shop.read(minted.paymentId), { name: 'read' });
    if (isPaid(payment)) {
      await DBOS.runStep(() => ledger.end(orderId, 'paid'), { name: 'paid' });
      await DBOS.runStep(() => ledger.grant(orderId), { name: 'grant' });
      await DBOS.runStep(() => ledger.receipt(orderId, payment), { name: 'receipt' });
      await DBOS.runStep(() => shop.tell(orderId), { name: 'tell', retriesAllowed: true });
      return 'paid';
    }
    if (isOver(payment)) break;
  }
  await DBOS.runStep(() => ledger.end(orderId, 'failed'), { name: 'failed' });
  return 'failed';
}

const orderWorkflow = DBOS.registerWorkflow(order, { name: 'order' });
await DBOS.launch();
await openDoors(
  {
    async checkout(given) {
      await DBOS.startWorkflow(orderWorkflow, { workflowID: given.orderId })(given);
      const address = await DBOS.getEvent<string>(given.orderId, 'address', 10);
      if (address === null) throw new Error('no address within ten seconds');
      return { address };
    },
    notice: ({ orderId, status }) => DBOS.send(orderId, status, 'notice'),
  },
  settings,
);
