import { condition, defineSignal, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';
import type { ShopOrder } from '../shop.js';
import type { naiveActivities } from './activities.js';

export const addressUpdate = defineUpdate<string>('address');
export const noticeSignal = defineSignal('notice');

const { insertOrder, mintPayment, bindPayment, readPayment, markPaid, markFailed, grant, writeReceipt, tellMerchant } =
  proxyActivities<ReturnType<typeof naiveActivities>>({ startToCloseTimeout: '1 minute' });

/** What most would write first: an activity per step, a loop that sleeps and polls, each callback a signal. */
export async function naiveOrderWorkflow(order: ShopOrder, windowMs: number): Promise<string> {
  let address = '';
  let notices = 0;
  setHandler(addressUpdate, async () => {
    await condition(() => address !== '');
    return address;
  });
  setHandler(noticeSignal, () => {
    notices += 1;
  });
  await insertOrder(order);
  const minted = await mintPayment(order);
  await bindPayment(order.orderId, minted);
  address = minted.address;
  const endsAt = Date.now() + windowMs;
  let seen = 0;
  while (Date.now() < endsAt) {
    await condition(() => notices > seen, order.pollEveryMs);
    seen = notices;
    const payment = await readPayment(minted.paymentId);
    if (payment.isPaid) {
      await markPaid(order.orderId);
      await grant(order.orderId);
      await writeReceipt(order.orderId, payment);
      await tellMerchant(order.orderId);
      return 'paid';
    }
    if (payment.isOver) break;
  }
  await markFailed(order.orderId);
  return 'failed';
}
