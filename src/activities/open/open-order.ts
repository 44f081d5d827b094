import { mayMint } from '../../domain/deadline.js';
import type { Clocks } from '../../domain/timing.js';
import { markOpened } from '../../db/orders/order-changes.js';
import type { OrderRecord } from '../../db/orders/order-record.js';
import type { OrderState } from '../../workflows/messages.js';
import { existingRecord, orderState } from '../order-state.js';
import { keyMissing } from '../provider-key.js';
import { mintPayment } from './mint-payment.js';
import { mintingOf, type MintDependencies } from './minting.js';

export interface OpenInput {
  readonly orderId: string;
  readonly clocks: Clocks;
}

/**
 * Loads the order and, if it waits without a payment, mints one. Safe to run twice, and beside itself: the second bind of
 * an order leaves an orphan on record, never a second address.
 */
export async function openOrder(deps: MintDependencies, input: OpenInput): Promise<OrderState> {
  const record = await existingRecord(deps.pool, input.orderId);
  const { order, now } = record;
  if (!mayMint(order, now)) {
    await noteOpened(deps, record);
    return orderState(record, input.clocks);
  }
  const minting = await mintingOf(deps, record, input.clocks);
  if (minting === null) {
    await noteOpened(deps, record);
    throw keyMissing();
  }
  const minted = await mintPayment(minting, record);
  return orderState(minted ?? (await existingRecord(deps.pool, order.id)), input.clocks);
}

/** Where no intent is written, which says it too: the order's workflow has run for it. */
async function noteOpened({ pool }: MintDependencies, { order }: OrderRecord): Promise<void> {
  if (order.openedAt === null) await markOpened(pool, order.id);
}
