import type { PaymentId } from '../domain/ids.js';
import { coinAmount, zeroCoins } from '../domain/money.js';
import { isClosed } from '../domain/order.js';
import type { OrderEvent } from '../domain/order.js';
import { classifyPayment } from '../domain/payment.js';
import type { PaymentView } from '../domain/payment-view.js';
import { priceText } from '../domain/currency.js';
import { lateShare } from '../domain/deposits.js';
import type { OrderRow } from '../db/orders.js';
import type { OperatorFact } from '../workflows/messages.js';
import { knownOf, nothingNew, termsOf } from './understand-fact.js';
import type { Meaning, Understanding } from './understand-fact.js';

const money = new Set<OrderEvent>(['payment_seen', 'underpaid', 'wrong_asset', 'payment_finished', 'overpaid']);

/** An audited apply-ipn: believed without a read, never recorded as the provider's evidence. */
export function understandOperator({ deps, order, known }: Understanding, fact: OperatorFact): Meaning {
  if (order.paymentId !== null && order.paymentId !== fact.paymentId) {
    return { ...nothingNew, source: 'support', alarm: 'ipn_payment_id_mismatch', note: 'another payment id is bound' };
  }
  const view = viewOf(order, fact);
  const judged =
    fact.actuallyPaid !== null && order.payAddress !== null
      ? classifyPayment(termsOf(order), view, [], deps.tolerance)
      : { event: eventOfWord(fact.providerStatus), detail: null, alarm: null };
  const meaning: Meaning = { ...nothingNew, event: judged.event, source: 'support', detail: judged.detail };
  const late = isClosed(order.status) && order.status !== 'paid' && money.has(judged.event);
  if (!late) return isClosed(order.status) && money.has(judged.event) ? { ...meaning, event: 'nothing_new' } : meaning;
  const share = lateShare(knownOf(known, view), view);
  const role = order.paymentId === null ? 'orphan' : 'bound';
  return { ...meaning, event: 'extra_deposit', deposits: [{ view, share, role, late: true }] };
}

function eventOfWord(word: string): OrderEvent {
  switch (word) {
    case 'confirming':
    case 'confirmed':
    case 'sending':
      return 'payment_seen';
    case 'partially_paid':
      return 'underpaid';
    case 'finished':
      return 'payment_finished';
    case 'failed':
    case 'expired':
      return 'payment_failed';
    case 'refunded':
      return 'payment_refunded';
    default:
      return 'nothing_new';
  }
}

/** The operator's words in the shape of the provider's; what was not said is taken as ordered. */
function viewOf(order: OrderRow, fact: OperatorFact): PaymentView {
  return {
    paymentId: fact.paymentId as PaymentId, // an operator may name any id; the route bounds its length
    parentPaymentId: null,
    extraIds: [],
    status: fact.providerStatus,
    orderId: order.id,
    priceAmount: coinAmount(priceText({ cents: order.priceCents, currency: order.priceCurrency })),
    priceCurrency: order.priceCurrency,
    payAmount: fact.payAmount === null ? order.payAmount : coinAmount(fact.payAmount),
    payCurrency: fact.payCurrency ?? order.payCurrency ?? order.requestedCoin,
    actuallyPaid: fact.actuallyPaid === null ? zeroCoins : coinAmount(fact.actuallyPaid),
    payAddress: order.payAddress,
    payExtraId: order.payExtraId,
    updatedAtMs: null,
  };
}
