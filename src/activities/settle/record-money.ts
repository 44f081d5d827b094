import type { SeenPayment } from '../../domain/facts/seen-payment.js';
import type { Unread } from '../../domain/facts/unreadable.js';
import { answerForCoins, casesNeeded, type NeededCase } from '../../domain/cases/unusual-money.js';
import { joinsCaseOfCoins } from '../../domain/cases/support-case.js';
import { findPayment, recordPayments, type PaymentRecord, type PaymentRow } from '../../db/money/payments.js';
import { growCase, resolveCaseOfCoins } from '../../db/support/cases-of-coins.js';
import { openCase, type CaseOpening } from '../../db/support/support-cases.js';
import type { Settlement } from './settlement.js';

/** What is on record after a settlement has recorded its money. */
interface Recorded {
  readonly payments: readonly PaymentRow[] | null; // all of the order; null: nothing was recorded
  readonly openedCases: boolean; // or one may have been
}

/** Puts what is news of the money on record; coins that no price absorbed, and refunds, get their case. */
export async function recordMoney(settlement: Settlement): Promise<Recorded> {
  const { db, order, meaning, decision } = settlement;
  const records = meaning.seen.map((payment) => recordOf(settlement, payment));
  const payments = records.length === 0 ? null : await recordPayments(db, order.id, records);
  for (const payment of meaning.seen) await closeAnswered(settlement, payment);
  const cases = casesNeeded(order, meaning, decision);
  for (const needed of cases) await keepCase(settlement, needed);
  return { payments, openedCases: cases.length > 0 };
}

/** Nothing is left to decide about coins that were sent back, or that pay the order after all. */
async function closeAnswered({ db, order, at }: Settlement, payment: SeenPayment): Promise<void> {
  const reason = answerForCoins(order, payment);
  if (reason === null) return;
  await resolveCaseOfCoins(db, order.id, payment.view.paymentId, { reason, at });
}

function recordOf({ order, lateQuote, at }: Settlement, { view, share, role, late }: SeenPayment): PaymentRecord {
  return {
    mode: order.mode,
    paymentId: view.paymentId,
    orderId: order.id,
    role,
    parentPaymentId: view.parentPaymentId,
    keyLabel: order.providerKeyLabel,
    providerStatus: view.status,
    coin: view.payCurrency,
    arrived: share.arrived,
    applied: share.applied,
    excess: share.excess,
    unapplied: share.unapplied,
    lateAt: late ? at : null,
    lateQuote: late ? lateQuote : null,
    transactionHash: view.transactionHash,
    at,
  };
}

/**
 * Opens the case, or adds to the one that is open. Where nothing is new, a line is all there is to add: a case that a
 * person has answered is not opened again.
 */
async function keepCase(settlement: Settlement, needed: NeededCase): Promise<void> {
  const { db } = settlement;
  const opening = await openingOf(settlement, needed);
  if (!needed.isNew) await growCase(db, opening);
  else if (!joinsCaseOfCoins(needed.kind) || !(await growCase(db, opening, 'coins'))) await openCase(db, opening);
}

async function openingOf({ db, order, meaning, lateQuote, at }: Settlement, needed: NeededCase): Promise<CaseOpening> {
  const { kind, payment } = needed;
  const paymentId = payment?.view.paymentId ?? meaning.unread?.claim?.paymentId ?? order.paymentId;
  // A case about the order as a whole is about what it holds.
  const held = payment === null && kind === 'slow_confirmation' && paymentId !== null;
  const recorded = held ? await findPayment(db, order.mode, paymentId) : null;
  const { view, share, role } = payment ?? {};
  return {
    orderId: order.id,
    accountId: order.accountId,
    mode: order.mode,
    paymentId,
    kind,
    actuallyPaid: share?.arrived ?? recorded?.arrived ?? null,
    payCurrency: view?.payCurrency ?? order.payCurrency,
    evidence: {
      at,
      reason: kind,
      event: meaning.event,
      source: meaning.source,
      detail: meaning.detail,
      provider_status: view?.status ?? recorded?.providerStatus ?? null,
      owed: order.payAmountText,
      arrived: share?.arrived ?? recorded?.arrived ?? null,
      excess: share?.excess ?? null,
      unapplied: share?.unapplied ?? null,
      role: role ?? null,
      ...(meaning.unread === null ? {} : claimed(meaning.unread)),
      ...(lateQuote === null ? {} : { price_now: lateQuote }),
    },
    at,
  };
}

/** Evidence that is none: what a notice claimed of a payment that we could not read, and why. */
function claimed({ why, attempts, claim }: Unread): object {
  return {
    not_read: why,
    attempts,
    claimed_payment: claim?.paymentId ?? null,
    claimed_status: claim?.status ?? null,
    claimed_paid: claim?.actuallyPaid ?? null,
    claimed_currency: claim?.payCurrency ?? null,
  };
}
