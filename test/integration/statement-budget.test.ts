import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { startHooks, type Hooks } from '../support/hooks.js';
import { startStack, type Stack } from '../support/stack.js';
import { listenToStatements, type SentStatement, type StatementLog } from '../support/statements.js';

let stack: Stack;
let hooks: Hooks;
let shop: Shop;
let log: StatementLog;

beforeAll(async () => {
  log = listenToStatements();
  hooks = await startHooks();
  stack = await startStack({
    env: { WEBHOOK_ALLOW_TARGETS: hooks.target, POLL_GRACE: '30 minutes', RECONCILE_EVERY: '10 hours' },
  });
  shop = await openShop(stack);
  await shop.endpoint(hooks.at('all').url, ['crypto.order.confirming', 'crypto.order.paid']);
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await hooks?.close();
  log?.stop();
});

// What a worker asks every so often, whether there are orders or not.
const loops = ['claimDueFacts', 'claimDue', 'order-figures', 'audit-chain', 'headOf', 'dropOldIpns'];

/** What belongs to orders: a transaction in which a loop asked is the loop's. */
function ofOrders(sent: readonly SentStatement[]): readonly SentStatement[] {
  const looped = new Set(sent.filter(({ name }) => loops.includes(name)).map(({ transaction }) => transaction));
  return sent.filter(({ transaction }) => !looped.has(transaction));
}

interface Cost {
  readonly statements: number;
  readonly commits: number; // reads alone are transactions too
}

function costOf(sent: readonly SentStatement[]): Cost {
  return { statements: sent.length, commits: sent.filter(({ isCommit }) => isCommit).length };
}

function print(title: string, sent: readonly SentStatement[], looped: number): void {
  const { statements, commits } = costOf(sent);
  console.log(`[budget] ${title}: ${statements} statements, ${commits} commits, and ${looped} statements of loops`);
  for (const key of new Set(sent.map(({ program, name }) => `${program} ${name}`))) {
    const cost = costOf(sent.filter(({ program, name }) => `${program} ${name}` === key));
    console.log(`[budget]   ${String(cost.statements).padStart(3)} ${String(cost.commits).padStart(3)}  ${key}`);
  }
}

async function nothingIsSent(): Promise<void> {
  await eventually(() => expect(ofOrders(log.take())).toEqual([]), { intervalMs: 700 });
}

/** One order from its checkout to the last thing that is done for it, with nobody beside it. */
async function costOfOrder(title: string, pay: object): Promise<Cost> {
  await nothingIsSent();
  const { body } = await shop.checkout();
  expect(body.payment_address).toBeTypeOf('string');
  const orderId = body.order_id as string;
  await stack.sim('/pay', { order_id: orderId, ...pay });
  await eventually(async () => {
    const run = await stack.client.workflow.getHandle(`crypto-order/${orderId}`).describe();
    expect(run.status.name).toBe('COMPLETED');
    const { rows } = await stack.pool.query(
      `select (select count(*) from outgoing_events where order_id = $1 and published_at is null) as untold,
         (select count(*) from provider_events where order_id = $1) as ipns,
         (select count(*) from provider_events where order_id = $1 and handled_at is null) as unhandled`,
      [orderId],
    );
    expect(rows).toEqual([{ untold: 0, ipns: 'then' in pay ? 1 : 4, unhandled: 0 }]);
  });
  const sent = log.take();
  const own = ofOrders(sent);
  print(title, own, sent.length - own.length);
  return costOf(own);
}

/** On a busy machine a step may be tried twice, and a checkout may look about for its address: the least of three is what it costs. */
async function leastOfOrders(title: string, pay: object): Promise<Cost> {
  const costs: Cost[] = [];
  for (let n = 0; n < 3; n += 1) costs.push(await costOfOrder(title, pay));
  return costs.reduce((least, cost) => (cost.statements < least.statements ? cost : least));
}

describe('what an order asks of the database', () => {
  beforeAll(async () => {
    await shop.paidOrder(); // connections are open, and what is kept in memory is there
  });

  it('is little, when one IPN tells all', async () => {
    const { statements, commits } = await leastOfOrders('one IPN', { then: ['finished'] });
    expect(statements).toBeLessThanOrEqual(23);
    expect(commits).toBeLessThanOrEqual(15);
  }, 90_000);

  it('is not much more, when four IPNs tell it step by step', async () => {
    const { statements, commits } = await leastOfOrders('four IPNs', { step: '400 milliseconds' });
    expect(statements).toBeLessThanOrEqual(42);
    expect(commits).toBeLessThanOrEqual(28);
  }, 90_000);
});
