import type { EventSource } from '../order.js';
import type { BoundTerms } from '../payments/bound-terms.js';
import type { RecordedPayment } from '../payments/deposits.js';
import { judgeChoice, takesOver, type Choosing, type EarlierOffer } from '../payments/offer.js';
import type { PaymentView } from '../payments/payment-view.js';
import type { ChoiceFact } from './fact.js';
import { nothingNew, type Meaning, type Situation } from './meaning.js';
import { readMeaning } from './read-meaning.js';

/** What a payer's choice of a coin means. */
export function choiceMeaning(
  order: Choosing,
  onRecord: { readonly payments: readonly RecordedPayment[]; readonly earlier: readonly EarlierOffer[] },
  fact: ChoiceFact,
): Meaning {
  const choice = judgeChoice(order, onRecord, fact);
  if (choice.kind === 'refused') return nothingNew('create', choice.why);
  if (choice.kind === 'stands') return nothingNew('create');
  return { ...nothingNew('create'), event: 'coin_chosen', offer: choice };
}

/**
 * What a reading of an earlier offer means: it is judged as the order's own payment where its coins make it that. Null: they do
 * not, and whatever came to it is a stranger's.
 */
export function offerMeaning(
  situation: Situation,
  { terms, payments }: { readonly terms: BoundTerms; readonly payments: readonly RecordedPayment[] },
  view: PaymentView,
  source: EventSource,
): Meaning | null {
  const { status, tolerance } = situation;
  if (!takesOver({ status, tolerance, standing: payments }, terms, view)) return null;
  const { paymentId } = terms;
  const meaning = readMeaning({ ...situation, paymentId, terms }, { bound: view, children: [] }, source);
  return { ...meaning, offer: { kind: 'taken', paymentId } };
}
