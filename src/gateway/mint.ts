import { priceText, type Price } from '../domain/currency.js';
import type { PaymentId } from '../domain/ids.js';
import { isZeroCoins, sameAmount, type CoinAmount } from '../domain/money.js';
import { addressFits } from './addresses.js';
import { exactNumber, type JsonObject, type ProviderPayment } from './wire.js';

export interface MintRequest {
  readonly orderId: string;
  readonly price: Price;
  readonly payCurrency: string;
  readonly description: string;
  readonly ipnCallbackUrl: string;
}

/** A payment that keeps what the order asked for: fit to be bound and shown. */
export interface MintedPayment {
  readonly paymentId: PaymentId;
  readonly payAddress: string;
  readonly payAmount: CoinAmount;
  readonly payCurrency: string;
  readonly payExtraId: string | null;
  readonly network: string | null;
  readonly providerExpiresAt: string | null; // ISO
  readonly raw: string;
}

export interface Mismatch {
  readonly problem: string;
}

/** What create is sent. Floating rate: a fixed one ends after 20 minutes, long before our window. */
export function createBody({ orderId, price, payCurrency, description, ipnCallbackUrl }: MintRequest): JsonObject {
  return {
    price_amount: exactNumber(priceText(price)),
    price_currency: price.currency.toLowerCase(),
    pay_currency: payCurrency.toLowerCase(),
    order_id: orderId,
    order_description: description,
    ipn_callback_url: ipnCallbackUrl,
    is_fixed_rate: false,
    is_fee_paid_by_user: false,
  };
}

/** Coins that are documented to need a memo; the coin list may name more. */
const memoCoins = new Set(['ava', 'eos', 'bnbmainnet', 'xlm', 'xrp']);

/**
 * Turns the provider's payment into ours, or says what it does not keep. The same for the answer to a create and for a
 * payment found by looking. Its status is not asked for here: a payment we lost sight of may have moved on.
 */
export function mintedFrom(
  payment: ProviderPayment,
  request: Pick<MintRequest, 'orderId' | 'price' | 'payCurrency'>,
  raw: string,
  needsMemo: boolean | null = null,
): MintedPayment | Mismatch {
  const coin = request.payCurrency.toLowerCase();
  const { priceAmount, payAmount, payAddress } = payment;
  if (payment.parentPaymentId !== null) return { problem: 'it is a re-deposit of another payment' };
  if (payment.orderId !== request.orderId) return { problem: 'it names another order' };
  if (payment.payCurrency !== coin) return { problem: 'it names another coin' };
  if (priceAmount === null || !sameAmount(priceAmount, priceText(request.price)))
    return { problem: 'it names another price' };
  if (payment.priceCurrency !== request.price.currency.toLowerCase())
    return { problem: 'it names another price currency' };
  if (payAmount === null || isZeroCoins(payAmount)) return { problem: 'it has no amount to pay' };
  if (payAddress === null) return { problem: 'it has no address' };
  if (!addressFits(payAddress, { coin, network: payment.network }))
    return { problem: `its address is none of ${coin}` };
  if (payment.payExtraId === null && (needsMemo || memoCoins.has(coin)))
    return { problem: `${coin} came without a memo` };
  return {
    paymentId: payment.paymentId,
    payAddress,
    payAmount,
    payCurrency: coin,
    payExtraId: payment.payExtraId,
    network: payment.network,
    providerExpiresAt: payment.quoteExpiresAt,
    raw,
  };
}
