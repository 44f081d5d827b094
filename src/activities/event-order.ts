import { subtractCoins, zeroCoins } from '../domain/money.js';
import { nextActionOf } from '../domain/next-action.js';
import type { EventOrder, LatePayment } from '../domain/outgoing-event.js';
import { arrivedFor } from '../domain/payments/deposits.js';
import { moneySummary } from '../domain/payments/order-money.js';
import type { PaymentRow } from '../db/money/payments.js';
import type { OrderRow } from '../db/orders/orders.js';

/** The order as events quote it, after the change. */
export function eventOrder(order: OrderRow, payments: readonly PaymentRow[]): EventOrder {
  const arrived = arrivedFor(order.payCurrency, payments);
  const latePayments = payments.flatMap((payment) => latePaymentOf(order, payment));
  return {
    orderId: order.id,
    product: order.product,
    priceCents: order.priceCents,
    priceCurrency: order.priceCurrency,
    paymentId: order.paymentId,
    status: order.status,
    customerReference: order.customerReference,
    metadata: order.metadata,
    nextAction: nextActionOf(order, { hasAddress: order.payAddress !== null, isOver: false, payments }),
    version: order.version,
    payCurrency: order.payCurrency,
    payAmountText: order.payAmountText,
    actuallyPaid: arrived,
    amountDue: subtractCoins(order.payAmount ?? zeroCoins, arrived),
    latePayments,
    money: moneySummary(order, payments),
  };
}

function latePaymentOf({ requestedCoin }: OrderRow, payment: PaymentRow): LatePayment[] {
  if (payment.lateAt === null) return [];
  return [
    {
      payment_id: payment.paymentId,
      provider_status: payment.providerStatus,
      actually_paid: payment.arrived,
      pay_currency: payment.coin ?? requestedCoin,
      at: payment.lateAt,
    },
  ];
}
