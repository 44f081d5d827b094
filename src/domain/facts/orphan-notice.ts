import { isZeroCoins, type CoinAmount } from '../money.js';
import { isClosed, type OrderStatus } from '../order.js';
import { isOnTheWay } from '../payments/payment-view.js';
import type { CaseKind } from '../cases/support-case.js';
import { caseOfUnread, type Claim } from './unreadable.js';

const saysOfCoins = ['finished', 'partially_paid', 'refunded'];

/** Whether a signed notice claims that coins came: by its sum, or by a word that is said of no empty payment. */
export function claimsCoins({
  status,
  actuallyPaid,
}: Pick<Claim, 'actuallyPaid'> & { status: string | null }): boolean {
  if (actuallyPaid !== null && !isZeroCoins(actuallyPaid as CoinAmount)) return true; // decimal text by the gateway's parser
  return status !== null && (isOnTheWay(status) || saysOfCoins.includes(status));
}

/**
 * The case of a notice that names an order and a payment which is not its own, and which the provider does not show us: no
 * coin is on record, and somebody must look. Null: it claims none.
 */
export function caseOfInvisible(
  order: { readonly status: OrderStatus; readonly paymentId: string | null },
  claim: Claim,
): CaseKind | null {
  if (!claimsCoins(claim)) return null;
  return isClosed(order.status) ? caseOfUnread(order, claim) : 'orphan_payment';
}
