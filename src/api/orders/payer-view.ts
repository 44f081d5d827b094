import type { ProfileRow } from '../../db/accounts/profiles.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { PaymentRow } from '../../db/money/payments.js';
import { arrivedFor } from '../../domain/payments/deposits.js';
import { refusalOfChoice } from '../../domain/payments/offer.js';
import type { Product } from '../../domain/merchant/products.js';
import { isZeroCoins } from '../../domain/money.js';
import { holdsStrangeCoins } from '../../domain/next-action.js';
import type { Choice, PageSeller, PaymentPageView, PayTarget, Surplus } from '../../web/pay/payment-state.js';
import type { AppDeps } from '../deps.js';
import { markText } from '../live/live-status.js';
import { asked } from './order-envelope.js';

export interface PayerFacts {
  readonly payments: readonly PaymentRow[];
  readonly profile: ProfileRow; // of the account, in the order's mode
  readonly products: readonly Product[]; // what the account sells
  readonly surplus: Surplus | null;
  readonly choice: Choice | null;
}

/** An order as its payer may see it: of the account only what its profile says, no note, no reference. The address is checked each time. */
export function payerView(
  deps: Pick<AppDeps, 'keyring' | 'settings' | 'metrics' | 'log' | 'nowMs'>,
  row: OrderRow,
  { payments, profile, products, surplus, choice }: PayerFacts,
): PaymentPageView {
  const isOpen = row.status === 'pending' || row.status === 'partial';
  const { action, target, amounts } = asked(deps, row, payments);
  const isClosedUnpaid = row.status === 'failed' || row.status === 'cancelled';
  return {
    seller: sellerOf(profile, deps.settings.brandName),
    token: row.payToken,
    orderId: row.id,
    product: row.product,
    productNames: products.find(({ id }) => id === row.product)?.names ?? {},
    price: { cents: row.priceCents, currency: row.priceCurrency },
    status: row.status,
    failedReason: row.failedReason,
    provider: row.provider,
    nextAction: action,
    choice,
    mayChooseAnother: action === 'pay' && refusalOfChoice(row, payments) === null,
    pay: targetOf(row, target, payments),
    isAddressWithheld: isOpen && row.payAddress !== null && amounts.actually_paid === null,
    isWrongAsset: row.status === 'partial' && holdsStrangeCoins(row, payments),
    hasLateMoney: isClosedUnpaid && payments.some(({ lateAt }) => lateAt !== null),
    hasEarlierMoney: isClosedUnpaid && payments.some(({ arrived, lateAt }) => lateAt === null && !isZeroCoins(arrived)),
    expiresAt: row.status === 'pending' ? row.expiresAt : row.status === 'partial' ? row.partialUntil : null,
    paidAt: row.paidAt,
    description: row.description,
    successUrl: row.successUrl,
    returnUrl: row.returnUrl,
    cancelUrl: row.cancelUrl,
    surplus,
    version: row.version,
    mark: markText(row),
    nowIso: new Date(deps.nowMs()).toISOString(),
  };
}

function sellerOf(profile: ProfileRow, brandName: string): PageSeller {
  const { displayName, logoSha256, accentColour, supportAddress, legalName, postalAddress } = profile;
  return { name: displayName ?? brandName, logoSha256, accentColour, supportAddress, legalName, postalAddress };
}

function targetOf(
  row: OrderRow,
  target: ReturnType<typeof asked>['target'],
  payments: readonly PaymentRow[],
): PayTarget | null {
  if (target.payment_address === null || target.pay_currency === null || row.payAmountText === null) return null;
  return {
    address: target.payment_address,
    extraId: target.pay_extra_id,
    currency: target.pay_currency,
    network: target.network,
    owed: row.payAmountText,
    arrived: arrivedFor(row.payCurrency, payments),
    amountText: target.pay_amount_text,
  };
}
