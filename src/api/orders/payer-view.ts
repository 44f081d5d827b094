import type { OrderRow } from '../../db/orders/orders.js';
import type { PaymentRow } from '../../db/money/payments.js';
import { isZeroCoins } from '../../domain/money.js';
import { holdsStrangeCoins } from '../../domain/next-action.js';
import type { PaymentPageView, PayTarget } from '../../web/pay/payment-state.js';
import type { AppDeps } from '../deps.js';
import { markText } from '../live/live-status.js';
import { amounts, payTarget } from './order-envelope.js';

/** An order as its payer may see it: nothing of the account, no note, no reference. The address is checked each time. */
export function payerView(
  deps: Pick<AppDeps, 'keyring' | 'settings' | 'metrics' | 'log' | 'nowMs'>,
  row: OrderRow,
  payments: readonly PaymentRow[],
): PaymentPageView {
  const asksForMoney = row.status === 'pending' || row.status === 'partial';
  const pay = asksForMoney ? targetOf(deps, row, payments) : null;
  const isClosedUnpaid = row.status === 'failed' || row.status === 'cancelled';
  return {
    brandName: deps.settings.brandName,
    token: row.payToken,
    orderId: row.id,
    product: row.product,
    price: { cents: row.priceCents, currency: row.priceCurrency },
    status: row.status,
    failedReason: row.failedReason,
    provider: row.provider,
    pay,
    isAddressWithheld: asksForMoney && row.payAddress !== null && pay === null,
    isWrongAsset: row.status === 'partial' && holdsStrangeCoins(row, payments),
    hasLateMoney: isClosedUnpaid && payments.some(({ lateAt }) => lateAt !== null),
    hasEarlierMoney: isClosedUnpaid && payments.some(({ arrived, lateAt }) => lateAt === null && !isZeroCoins(arrived)),
    expiresAt: row.status === 'pending' ? row.expiresAt : row.status === 'partial' ? row.partialUntil : null,
    paidAt: row.paidAt,
    successUrl: row.successUrl,
    version: row.version,
    mark: markText(row),
    nowIso: new Date(deps.nowMs()).toISOString(),
  };
}

function targetOf(
  deps: Parameters<typeof payerView>[0],
  row: OrderRow,
  payments: readonly PaymentRow[],
): PayTarget | null {
  const target = payTarget(deps, row);
  if (target.payment_address === null || target.pay_currency === null) return null;
  const { actually_paid: arrived, amount_due, top_up_amount } = amounts(row, payments);
  return {
    address: target.payment_address,
    extraId: target.pay_extra_id,
    currency: target.pay_currency,
    network: target.network,
    amountText: target.pay_amount_text,
    arrived,
    amountDue: top_up_amount ?? amount_due,
  };
}
