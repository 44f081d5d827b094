import { priceOf, termsOf, type BoundTerms, type Promised } from '../payments/bound-terms.js';
import { priceText } from '../currency.js';
import { knownOf, lateShare } from '../payments/deposits.js';
import type { OperatorFact } from './fact.js';
import type { PaymentId } from '../ids.js';
import { nothingNew, type Meaning, type Situation } from './meaning.js';
import { seenPayment } from './seen-payment.js';
import { strangePayment } from './stranger-meaning.js';
import { coinAmount, zeroCoins } from '../money.js';
import { isClosed, type OrderEvent } from '../order.js';
import { classifyPayment } from '../payments/payment.js';
import type { PaymentView } from '../payments/payment-view.js';

/** The order as an operator's word is read against it. */
export interface SpokenOf extends Promised {
  readonly requestedCoin: string | null;
  readonly payExtraId: string | null;
}

const money = new Set<OrderEvent>(['payment_seen', 'underpaid', 'wrong_asset', 'payment_finished', 'overpaid']);

/** An audited apply-ipn: believed without a read, never recorded as the provider's evidence. */
export function operatorMeaning(situation: Situation, order: SpokenOf, fact: OperatorFact): Meaning {
  const { status, known, tolerance } = situation;
  const view = viewOf(order, fact);
  const terms = termsGiven(order, fact);
  const judged = terms
    ? classifyPayment(terms, view, [], tolerance)
    : { event: eventOfWord(fact.providerStatus), detail: null };
  const meaning: Meaning = { ...nothingNew('support'), event: judged.event, detail: judged.detail };
  if (!isClosed(status) || !money.has(judged.event)) return meaning;
  if (status === 'paid') return { ...meaning, event: 'nothing_new' };
  // His sum is a claim in the case. On record as money it would hide equal coins that really come later.
  const before = knownOf(known, view);
  const said = { ...view, actuallyPaid: before?.arrived ?? zeroCoins };
  const share = lateShare(before, said);
  const role = order.paymentId === null ? 'orphan' : 'bound';
  const unread = { why: 'an operator said so', attempts: 0, claim: { ...view, status: fact.providerStatus } };
  return {
    ...meaning,
    event: 'extra_deposit',
    seen: [seenPayment(before, said, { share, role, late: true, isTooMuch: false })],
    unread,
  };
}

/** An operator named a payment that cannot be this order's. */
export function strangerNamed(why: string): Meaning {
  return { ...nothingNew('support', why), alarm: strangePayment };
}

/**
 * What the amounts are weighed against (docs/contract.md, "apply-ipn"); null when none was named: then the word alone
 * counts. Another coin than the bound one is always weighed, since it is none of the order's.
 */
function termsGiven(order: SpokenOf, fact: OperatorFact): BoundTerms | null {
  const bound = termsOf(order);
  const isOtherCoin = bound !== null && fact.payCurrency !== null && fact.payCurrency !== bound.payCurrency;
  if (fact.actuallyPaid === null && fact.payAmount === null && !isOtherCoin) return null;
  if (bound) return bound;
  const payAmount = fact.payAmount === null ? null : coinAmount(fact.payAmount);
  const payCurrency = fact.payCurrency ?? order.requestedCoin;
  if (payAmount === null || payCurrency === null) return null; // nothing was quoted and nothing is named: there is no sum to fall short of
  return {
    orderId: order.id,
    price: priceOf(order),
    paymentId: fact.paymentId as PaymentId,
    payCurrency,
    payAmount,
    payAddress: '',
    topUpFloor: null,
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
function viewOf(order: SpokenOf, fact: OperatorFact): PaymentView {
  return {
    paymentId: fact.paymentId as PaymentId, // an operator may name any id; the route bounds its length
    parentPaymentId: null,
    extraIds: [],
    status: fact.providerStatus,
    orderId: order.id,
    priceAmount: coinAmount(priceText(priceOf(order))),
    priceCurrency: order.priceCurrency,
    payAmount: fact.payAmount === null ? order.payAmount : coinAmount(fact.payAmount),
    payCurrency: fact.payCurrency ?? order.payCurrency ?? order.requestedCoin,
    actuallyPaid: fact.actuallyPaid === null ? zeroCoins : coinAmount(fact.actuallyPaid),
    payAddress: order.payAddress,
    payExtraId: order.payExtraId,
    updatedAtMs: null,
    transactionHash: null,
  };
}
