import { isNews, knownOf, openShare, sentBackShare } from '../payments/deposits.js';
import { isClosed, type EventSource } from '../order.js';
import { classifyPayment, isComing, unknownWord, type Classification } from '../payments/payment.js';
import { isRefunded, type PaymentView } from '../payments/payment-view.js';
import { closedMeaning, type Judged } from './closed-meaning.js';
import { boundTerms, nothingNew, type Meaning, type Situation } from './meaning.js';
import { seenPayment } from './seen-payment.js';

/** A full reading of the provider: the bound payment and each of its re-deposits. */
export interface Reading {
  readonly bound: PaymentView;
  readonly children: readonly PaymentView[];
}

/** What a reading means, for an open or a closed order. Only for an order with a bound address. */
export function readMeaning(situation: Situation, reading: Reading, source: EventSource): Meaning {
  const bound = withoutReturn(situation, reading.bound);
  const children = reading.children.map((child) => withoutReturn(situation, child));
  const views = [bound, ...children];
  const isMoneyComing = views.some(isComing);
  if (!views.some((view) => isNews(knownOf(situation.known, view), view))) {
    const alarm = unknownWord(bound);
    return { ...nothingNew(source, 'the provider says nothing new'), alarm, isMoneyComing };
  }
  const counted = situation.status === 'paid' ? children.filter((child) => !isDeclined(situation, child)) : children;
  const classified = classifyPayment(boundTerms(situation), bound, counted, situation.tolerance);
  const judged = isClosed(situation.status)
    ? closedMeaning(situation, views, classified)
    : openMeaning(situation, views, classified);
  return { ...nothingNew(source), detail: classified.detail, alarm: classified.alarm, isMoneyComing, ...judged };
}

/** What was sent back stays so, whatever a read that lags says. */
function withoutReturn({ known }: Situation, view: PaymentView): PaymentView {
  const before = knownOf(known, view);
  return before && isRefunded({ status: before.providerStatus }) ? { ...view, status: before.providerStatus } : view;
}

function isDeclined({ declined }: Situation, { paymentId }: PaymentView): boolean {
  return declined.has(paymentId);
}

function openMeaning(
  { known, status, paymentId }: Situation,
  views: readonly PaymentView[],
  { event, shares }: Classification,
): Judged {
  const seen = views.map((view) => {
    const before = knownOf(known, view);
    const share = isRefunded(view) ? sentBackShare(before, view) : openShare(before, view, { status, event, shares });
    const role = view.paymentId === paymentId ? 'bound' : 'child';
    return seenPayment(before, view, { share, role, late: false, isTooMuch: event === 'overpaid' });
  });
  return { event, seen };
}
