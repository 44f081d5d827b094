import type { SeenPayment } from '../../domain/facts/meaning.js';
import type { Unread } from '../../domain/facts/unreadable.js';
import { casesNeeded, type NeededCase } from '../../domain/cases/unusual-money.js';
import { recordPayment } from '../../db/money/payments.js';
import { openCase } from '../../db/support/support-cases.js';
import type { Settlement } from './settlement.js';

/** Puts what is news of the money on record; every coin that no price absorbed gets its case. */
export async function recordMoney(settlement: Settlement): Promise<void> {
  const { order, meaning, decision } = settlement;
  for (const payment of meaning.seen) await recordSeen(settlement, payment);
  for (const needed of casesNeeded(order, meaning, decision)) await openNeeded(settlement, needed);
}

function recordSeen({ db, order, lateQuote, at }: Settlement, { view, share, role, late }: SeenPayment) {
  return recordPayment(db, {
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
    at,
  });
}

async function openNeeded(settlement: Settlement, { kind, payment }: NeededCase): Promise<void> {
  const { db, order, meaning, lateQuote, at } = settlement;
  await openCase(db, {
    orderId: order.id,
    accountId: order.accountId,
    mode: order.mode,
    paymentId: payment?.view.paymentId ?? meaning.unread?.claim?.paymentId ?? order.paymentId,
    kind,
    actuallyPaid: payment?.share.arrived ?? null,
    payCurrency: payment?.view.payCurrency ?? order.payCurrency,
    evidence: {
      at,
      event: meaning.event,
      source: meaning.source,
      detail: meaning.detail,
      provider_status: payment?.view.status ?? null,
      owed: order.payAmountText,
      arrived: payment?.share.arrived ?? null,
      excess: payment?.share.excess ?? null,
      unapplied: payment?.share.unapplied ?? null,
      role: payment?.role ?? null,
      ...(meaning.unread === null ? {} : claimed(meaning.unread)),
      ...(lateQuote === null ? {} : { price_now: lateQuote }),
    },
    at,
  });
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
