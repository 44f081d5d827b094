import type { Ledger } from '../ledger.js';
import { isOver, isPaid, type Payment, type Shop, type ShopOrder } from '../shop.js';

export function naiveActivities(shop: Shop, ledger: Ledger) {
  return {
    insertOrder: (order: ShopOrder) => ledger.insert(order),
    mintPayment: (order: ShopOrder) => shop.mint(order),
    bindPayment: (orderId: string, payment: Payment) => ledger.bind(orderId, payment),
    async readPayment(paymentId: string) {
      const payment = await shop.read(paymentId);
      return { ...payment, isPaid: isPaid(payment), isOver: isOver(payment) };
    },
    markPaid: (orderId: string) => ledger.end(orderId, 'paid'),
    markFailed: (orderId: string) => ledger.end(orderId, 'failed'),
    grant: (orderId: string) => ledger.grant(orderId),
    writeReceipt: (orderId: string, payment: Payment) => ledger.receipt(orderId, payment),
    tellMerchant: (orderId: string) => shop.tell(orderId),
  };
}
