import { isPayWindowOver } from '../deadline.js';
import { amountToSend, dueFor, nextActionOf, type NextAction, type Payable } from '../next-action.js';
import type { CoinAmount } from '../money.js';
import { isClosed, type EventSource, type OrderStatus } from '../order.js';
import { arrivedFor } from '../payments/deposits.js';
import { orderMoney, type Came } from '../payments/order-money.js';
import type { StubReason } from '../stub.js';
import { exactNumber } from './exact-json.js';

/** What of an order its merchant is shown. Neither the account nor an internal note is in it. */
export interface ShownOrder extends Payable {
  readonly id: string;
  readonly product: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly paymentId: string | null;
  readonly payAmountText: string | null;
  readonly payExtraId: string | null;
  readonly network: string | null;
  readonly topUpFloor: CoinAmount | null;
  readonly stubReason: StubReason | null;
  readonly stubMinimum: string | null;
  readonly stubMinimumCurrency: string | null;
  readonly customerNote: string | null;
  readonly customerReference: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly payToken: string;
  readonly version: number;
  readonly expiresAt: string;
  readonly paidAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ShownPayment extends Came {
  readonly lateAt: string | null;
}

interface ShownEvent {
  readonly status: OrderStatus;
  readonly at: string;
  readonly source: EventSource;
}

/** What the order is shown by: `hasIntactAddress`, whether its address is the one that was bound; otherwise it is withheld. */
export interface Showing {
  readonly hasIntactAddress: boolean;
  readonly at: string; // now
}

/** The order as its merchant sees it, by the API and in events; its numbers are for `exactJson`. */
export function envelopeOf(
  order: ShownOrder,
  { events, payments }: { readonly events: readonly ShownEvent[]; readonly payments: readonly ShownPayment[] },
  showing: Showing & { readonly publicUrl: string },
) {
  const { action, target, amounts } = asked(order, payments, showing);
  return {
    order_id: order.id,
    product: order.product,
    price_cents: order.priceCents,
    price_currency: order.priceCurrency,
    payment_id: order.paymentId,
    status: order.status,
    customer_note: order.customerNote,
    events: events.map(({ status, at, source }) => ({ status, at, source })),
    expires_at: order.status === 'pending' ? order.expiresAt : null,
    created_at: order.createdAt,
    updated_at: order.updatedAt,
    paid_at: order.paidAt,
    is_final: isClosed(order.status),
    next_action: action,
    late_payments: payments.flatMap((payment) => latePayment(payment)),
    customer_reference: order.customerReference,
    metadata: order.metadata,
    description: order.description,
    version: order.version,
    ...target,
    ...amounts,
    ...whyStub(order),
    payment_url: paymentUrl(showing.publicUrl, order),
    money: orderMoney(order, payments),
  };
}

/** Why the order has no address and gets none, and the least that could be paid, where that is known. */
export function whyStub({
  stubReason,
  stubMinimum,
  stubMinimumCurrency,
}: Pick<ShownOrder, 'stubReason' | 'stubMinimum' | 'stubMinimumCurrency'>) {
  return { stub_reason: stubReason, stub_minimum: stubMinimum, stub_minimum_currency: stubMinimumCurrency };
}

export const nothingToPay = {
  payment_address: null,
  pay_currency: null,
  pay_amount: null,
  pay_amount_text: null,
  pay_extra_id: null,
  network: null,
};

/**
 * What the caller is asked to do, and what a payer is asked to send where: what is still to be paid, or nothing. So whoever
 * shows the address and the amount as they are asks for no coin twice.
 */
export function asked(order: ShownOrder, payments: readonly ShownPayment[], { hasIntactAddress, at }: Showing) {
  const isOpen = order.status === 'pending' || order.status === 'partial';
  const bound = isOpen && hasIntactAddress ? boundTarget(order) : nothingToPay;
  const hasAddress = bound.payment_address !== null;
  const action: NextAction = nextActionOf(order, { hasAddress, isOver: isPayWindowOver(order, at), payments });
  const amount = hasAddress ? amountToSend(order, action, payments) : null;
  return {
    action,
    target: amount === null ? nothingToPay : targetFor(bound, action === 'pay' ? null : amount),
    amounts: {
      actually_paid: hasAddress ? arrivedFor(order.payCurrency, payments) : null,
      amount_due: amount === null ? null : dueFor(order, payments),
      top_up_amount: action === 'top_up' ? amount : null,
    },
  };
}

/** The whole sum stands as the provider wrote it. */
function targetFor(bound: ReturnType<typeof boundTarget>, rest: string | null) {
  return rest === null ? bound : { ...bound, pay_amount: exactNumber(rest), pay_amount_text: rest };
}

/** Where to pay the whole sum, or nothing: before the mint. */
function boundTarget(order: ShownOrder) {
  if (!order.payAddress || !order.payAmountText) return nothingToPay;
  return {
    payment_address: order.payAddress,
    pay_currency: order.payCurrency,
    pay_amount: exactNumber(order.payAmountText),
    pay_amount_text: order.payAmountText,
    pay_extra_id: order.payExtraId,
    network: order.network,
  };
}

export function paymentUrl(publicUrl: string, { payToken }: Pick<ShownOrder, 'payToken'>): string {
  return `${publicUrl}/pay/${payToken}`;
}

function latePayment({ lateAt, paymentId, providerStatus, arrived, coin }: ShownPayment) {
  if (lateAt === null) return [];
  return [
    { payment_id: paymentId, provider_status: providerStatus, actually_paid: arrived, pay_currency: coin, at: lateAt },
  ];
}
