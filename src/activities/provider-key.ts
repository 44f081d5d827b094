import type { OrderRow } from '../db/orders/orders.js';
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
  order: OrderRow,
): Promise<ProviderAccount | null> {
  const account = await providerAccount(order);
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
