import { mayMint } from '../../domain/deadline.js';
import type { Clocks } from '../../domain/timing.js';
import { markOpened } from '../../db/orders/order-changes.js';
import type { OrderState } from '../../workflows/messages.js';
import { existingOrder, orderState } from '../order-state.js';
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
  const order = await existingOrder(deps.pool, input.orderId);
  if (order.openedAt === null) await markOpened(deps.pool, order.id, await deps.now(deps.pool));
  if (mayMint(order, await deps.now(deps.pool))) {
    const minting = await mintingOf(deps, order, input.clocks);
    if (minting === null) throw keyMissing();
    await mintPayment(minting);
  }
  return orderState(deps.pool, await existingOrder(deps.pool, input.orderId), input.clocks);
}
