import type { BoundTerms } from '../../domain/payment.js';
import type { OrderRow } from '../../db/orders/orders.js';

/** What the order was promised; only for orders with a bound address. */
export function termsOf(order: OrderRow): BoundTerms {
  if (!order.paymentId || !order.payCurrency || !order.payAmount || !order.payAddress) {
    throw new Error(`invariant broken: order ${order.id} has no bound payment`);
  }
  return {
    orderId: order.id,
    price: { cents: order.priceCents, currency: order.priceCurrency },
    paymentId: order.paymentId,
    payCurrency: order.payCurrency,
    payAmount: order.payAmount,
    payAddress: order.payAddress,
  };
}
