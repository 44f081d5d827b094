import { ApplicationFailure } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import type { OrderDependencies } from '../../src/activities/dependencies.js';
import { openOrder } from '../../src/activities/open/open-order.js';
import type { MintDependencies } from '../../src/activities/open/minting.js';
import { settleOrder, type Settled } from '../../src/activities/settle/settle-order.js';
import { databaseNow } from '../../src/db/clock.js';
import { placeOrder, type OrderDraft } from '../../src/db/orders/order-placement.js';
import { createRoomKeeper } from '../../src/db/orders/order-room.js';
import { findOrder, type OrderRow } from '../../src/db/orders/orders.js';
import type { Pool } from '../../src/db/pool.js';
import { keyringOf } from '../../src/db/secrets/seal.js';
import type { HandedFact } from '../../src/domain/facts/fact.js';
import { createGateway, type Gateway } from '../../src/gateway/nowpayments.js';
import type { ProviderAccount } from '../../src/gateway/provider-account.js';
import { createProviderAccounts } from '../../src/provider-accounts.js';
import type { Stack } from './stack.js';

const limits = { maxUnpaid24h: 1_000, maxMints24h: 1_000, maxPending: 1_000 };

/** A stored order that no workflow has been started for. */
export async function placedOrder(stack: Stack, over: Partial<OrderDraft> = {}): Promise<OrderRow> {
  const draft: OrderDraft = {
    accountId: stack.live.accountId ?? '',
    mode: 'live',
    product: 'team_manual',
    priceCents: 4900,
    priceCurrency: 'USD',
    stub: null,
    coinChoice: 'merchant',
    requestedCoin: 'usdttrc20',
    customerReference: null,
    metadata: {},
    description: null,
    successUrl: null,
    returnUrl: null,
    cancelUrl: null,
    payWindowMs: stack.config.clocks.payWindowMs,
    idempotency: null,
    ...over,
  };
  const placed = await placeOrder(stack.pool, draft, { limits, keeper: createRoomKeeper(Date.now) });
  if (placed.kind !== 'placed') throw new Error(`not placed: ${placed.kind}`);
  return placed.order;
}

interface Trouble {
  readonly withoutKey?: boolean; // of the worker's; the checkout had one
  readonly withoutLogin?: boolean;
  readonly mostAttempts?: number;
  readonly mint?: Gateway['mint']; // in the provider's place
}

/** What an opening came to, and by which alarms. */
export interface Opening {
  readonly order: OrderRow;
  readonly alarms: readonly string[];
  readonly attempts: number;
  readonly tookMs: number; // by the clock of the opening
}

/** Opens an order as the worker does, attempt after attempt; for each wait between two it is made older instead. */
export async function openByHand(stack: Stack, orderId: string, trouble: Trouble = {}): Promise<Opening> {
  const { config, pool } = stack;
  const keyring = keyringOf(config.masterKeys);
  const accounts = createProviderAccounts({ config, pool, keyring });
  const alarms: string[] = [];
  let aheadMs = 0;
  const clock = () => performance.timeOrigin + performance.now() + aheadMs;
  const gateway = createGateway({ maxRps: 1_000, burst: 1_000, clock });
  const deps: MintDependencies = {
    pool,
    gateway: trouble.mint ? { ...gateway, mint: trouble.mint } : gateway,
    keyring,
    publicUrl: config.publicUrl,
    alarms: { raise: (name) => void alarms.push(name) },
    providerAccount: async (order) => {
      const account: ProviderAccount | null = trouble.withoutKey ? null : await accounts.accountFor(order);
      return account && trouble.withoutLogin ? { ...account, email: null, password: null } : account;
    },
    ipnCallbackUrl: accounts.ipnCallbackUrl,
  };
  let attempts = 0;
  try {
    for (; attempts < (trouble.mostAttempts ?? 100); attempts += 1) {
      const waitMs = await openOrder(deps, { orderId, clocks: config.clocks }).then(() => null, waitAsked);
      if (waitMs === null) break;
      aheadMs += waitMs;
      await makeOlder(pool, orderId, waitMs);
    }
  } finally {
    await makeOlder(pool, orderId, -aheadMs);
    await gateway.close();
  }
  const order = await findOrder(pool, orderId);
  if (!order) throw new Error(`no order ${orderId}`);
  return { order, alarms, attempts, tookMs: aheadMs };
}

/** Settles one fact as the worker does, without its order's run. */
export async function settleByHand(
  stack: Stack,
  orderId: string,
  fact: HandedFact,
  over: Partial<OrderDependencies> = {},
): Promise<Settled> {
  const { config, pool } = stack;
  const keyring = keyringOf(config.masterKeys);
  const accounts = createProviderAccounts({ config, pool, keyring });
  const gateway = createGateway({ maxRps: 1_000, burst: 1_000 });
  const deps: OrderDependencies = {
    pool,
    gateway,
    keyring,
    tolerance: config.tolerance,
    publicUrl: config.publicUrl,
    alarms: { raise: () => {} },
    now: databaseNow,
    signReceipt: () => 'unsigned',
    providerAccount: accounts.accountFor,
    ipnCallbackUrl: accounts.ipnCallbackUrl,
    publish: async () => {},
    ...over,
  };
  try {
    return await settleOrder(deps, { orderId, fact, clocks: config.clocks, runId: randomUUID() }, 1);
  } finally {
    await gateway.close();
  }
}

async function makeOlder(pool: Pool, orderId: string, byMs: number): Promise<void> {
  const by = `$2::float8 * interval '1 millisecond'`;
  await pool.query(`update orders set expires_at = expires_at - ${by} where id = $1`, [orderId, byMs]);
  await pool.query(
    `update mint_intents set started_at = started_at - ${by}, looked_at = looked_at - ${by} where order_id = $1`,
    [orderId, byMs],
  );
}

function waitAsked(failure: unknown): number {
  if (!(failure instanceof ApplicationFailure)) throw failure;
  return Number(failure.nextRetryDelay ?? 1_000);
}
