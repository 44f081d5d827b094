import { priceOf } from '../../domain/payments/bound-terms.js';
import type { Clocks } from '../../domain/timing.js';
import type { OrderRecord } from '../../db/orders/order-record.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { MintRequest } from '../../gateway/mint.js';
import type { ProviderAccount } from '../../gateway/provider-account.js';
import type { OrderDependencies } from '../dependencies.js';
import { providerKeyOf } from '../provider-key.js';

/** What minting, looking for a mint and binding one need. */
export type MintDependencies = Pick<
  OrderDependencies,
  'pool' | 'gateway' | 'keyring' | 'publicUrl' | 'alarms' | 'providerAccount' | 'ipnCallbackUrl'
>;

/** One order that wants a payment: what is asked for, of whom, and with what. */
export interface Minting {
  readonly deps: MintDependencies;
  readonly order: OrderRow; // as it stood before the provider was asked
  readonly account: ProviderAccount;
  readonly request: MintRequest;
  readonly clocks: Clocks;
}

/** Null: this worker has no key pair for the order's account and mode, so nobody can be asked, or no coin is chosen yet. */
export async function mintingOf(
  deps: MintDependencies,
  { order, pair }: Pick<OrderRecord, 'order' | 'pair'>,
  clocks: Clocks,
): Promise<Minting | null> {
  const { requestedCoin: payCurrency } = order;
  const account = payCurrency === null ? null : await providerKeyOf(deps, { order, pair });
  if (account === null || payCurrency === null) return null;
  const request = {
    orderId: order.id,
    price: priceOf(order),
    payCurrency,
    description: order.product,
    ipnCallbackUrl: deps.ipnCallbackUrl(order, account),
  };
  return { deps, order, account, request, clocks };
}
