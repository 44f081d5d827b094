import type { OrderRecord } from '../db/orders/order-record.js';
import type { ProviderAccount } from '../gateway/provider-account.js';
import type { OrderDependencies } from './dependencies.js';
import { retryLater } from './retry-later.js';

/**
 * By whose key pair an order is minted or read. The checkout promises an address only where there is one, so a worker that
 * finds none was started without it: a person hears of it, and nothing is concluded about the order. Null without an alarm:
 * it was a stub from its checkout on.
 */
export async function providerKeyOf(
  { providerAccount, alarms }: Pick<OrderDependencies, 'providerAccount' | 'alarms'>,
  { order, pair }: Pick<OrderRecord, 'order' | 'pair'>,
): Promise<ProviderAccount | null> {
  const account = await providerAccount(order, pair);
  if (account === null && order.provider === 'nowpayments') {
    const { id: orderId, accountId, mode, providerKeyLabel: keyLabel } = order;
    alarms.raise('provider_key_missing', { orderId, accountId, mode, keyLabel });
  }
  return account;
}

/** Another worker has the key, or this one after a restart. */
export function keyMissing() {
  return retryLater('ProviderKeyMissing', noKey, null);
}

export const noKey = 'this worker has no key of the provider for the order';
