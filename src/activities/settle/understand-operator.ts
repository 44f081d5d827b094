import type { PaymentId } from '../../domain/ids.js';
import { coinAmount, zeroCoins } from '../../domain/money.js';
import { isClosed } from '../../domain/order.js';
import type { OrderEvent } from '../../domain/order.js';
import { classifyPayment } from '../../domain/payment.js';
import type { BoundTerms } from '../../domain/payment.js';
import type { PaymentView } from '../../domain/payment-view.js';
import { priceText } from '../../domain/currency.js';
import { lateShare } from '../../domain/deposits.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { findOrderByPayment } from '../../db/orders/orders.js';
import { findPayment } from '../../db/money/payments.js';
import type { OperatorFact } from '../../workflows/messages.js';
import { termsOf } from './bound-terms.js';
import { knownOf, nothingNew } from './understand-fact.js';
import type { Meaning, Understanding } from './understand-fact.js';

const money = new Set<OrderEvent>(['payment_seen', 'underpaid', 'wrong_asset', 'payment_finished', 'overpaid']);

/** An audited apply-ipn: believed without a read, never recorded as the provider's evidence. */
export async function understandOperator(situation: Understanding, fact: OperatorFact): Promise<Meaning> {
  const { order, known, tolerance } = situation;
  const stranger = await strangerOf(situation, fact);
  if (stranger) return { ...nothingNew, source: 'support', alarm: 'ipn_payment_id_mismatch', note: stranger };
  const view = viewOf(order, fact);
  const terms = termsGiven(order, fact);
  const judged = terms
    ? classifyPayment(terms, view, [], tolerance)
    : { event: eventOfWord(fact.providerStatus), detail: null };
  const meaning: Meaning = { ...nothingNew, event: judged.event, source: 'support', detail: judged.detail };
  if (!isClosed(order.status) || !money.has(judged.event)) return meaning;
  if (order.status === 'paid') return { ...meaning, event: 'nothing_new' };
  const share = lateShare(knownOf(known, view), view);
  const role = order.paymentId === null ? 'orphan' : 'bound';
  return { ...meaning, event: 'extra_deposit', deposits: [{ view, share, role, late: true }] };
}

/** Why the payment that is named cannot be this order's; null when it can. */
async function strangerOf({ db, order }: Understanding, fact: OperatorFact): Promise<string | null> {
  if (order.paymentId === fact.paymentId) return null;
  if (order.paymentId !== null) return 'another payment id is bound';
  const others = await Promise.all([
    findOrderByPayment(db, order.mode, fact.paymentId),
    findPayment(db, order.mode, fact.paymentId),
  ]);
  const isTaken = others[0] !== null || (others[1] !== null && others[1].orderId !== order.id);
  return isTaken ? 'the payment id belongs to another order' : null;
}

/** What the amounts are weighed against (contract.md 4.1); null when none was named: then the word alone counts. */
function termsGiven(order: OrderRow, fact: OperatorFact): BoundTerms | null {
  const bound = order.payAddress === null ? null : termsOf(order);
  const isOtherCoin = bound !== null && fact.payCurrency !== null && fact.payCurrency !== bound.payCurrency;
  if (fact.actuallyPaid === null && fact.payAmount === null && !isOtherCoin) return null;
  if (bound) return bound;
  const payAmount = fact.payAmount === null ? null : coinAmount(fact.payAmount);
  return payAmount === null
    ? null // nothing was quoted and nothing is named: there is no sum to fall short of
    : {
        orderId: order.id,
        price: { cents: order.priceCents, currency: order.priceCurrency },
        paymentId: fact.paymentId as PaymentId,
        payCurrency: fact.payCurrency ?? order.requestedCoin,
        payAmount,
        payAddress: '',
      };
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
