import { isUnusual } from '../../domain/deposits.js';
import { isZeroCoins } from '../../domain/money.js';
import type { Decision, OrderEvent } from '../../domain/order.js';
import { caseKindOf } from '../../domain/support-case.js';
import type { CaseKind } from '../../domain/support-case.js';
import type { Database } from '../../db/pool.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { recordPayment } from '../../db/money/payments.js';
import { openCase } from '../../db/support/support-cases.js';
import type { Deposit, Meaning } from './understand-fact.js';

/** Puts what is news of the money on record; every coin that no price absorbed gets its case. */
export async function recordMoney(
  db: Database,
  order: OrderRow,
  meaning: Meaning,
  decision: Decision,
  at: string,
): Promise<void> {
  let casesOpened = 0;
  for (const deposit of meaning.deposits) {
    await recordDeposit(db, order, deposit, { at, lateQuote: meaning.lateQuote });
    if (!isUnusual(deposit.share)) continue;
    await openCaseOf(db, order, meaning, kindFor(order, deposit, meaning.event), deposit, at);
    casesOpened += 1;
  }
  if (meaning.caseKind) return openCaseOf(db, order, meaning, meaning.caseKind, null, at);
  if (casesOpened > 0 || decision.kind === 'refused' || decision.move.opens !== 'case') return;
  const kind = caseKindOf(meaning.event, order.status, decision.move.late === true);
  if (kind) await openCaseOf(db, order, meaning, kind, meaning.deposits[0] ?? null, at);
}

function recordDeposit(
  db: Database,
  order: OrderRow,
  { view, share, role, late }: Deposit,
  { at, lateQuote }: { at: string; lateQuote: string | null },
) {
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

function kindFor(order: OrderRow, { view, share, role, late }: Deposit, event: OrderEvent): CaseKind {
  if (role === 'second') return 'second_payment';
  if (role === 'orphan' && order.payAddress !== null) return 'orphan_payment';
  if (late) return order.status === 'paid' ? 'second_payment' : 'late_payment';
  if (!isZeroCoins(share.excess)) return 'overpaid';
  if (view.payCurrency !== order.payCurrency && order.payCurrency !== null) return 'wrong_asset';
  // Coins beside those that pay the order, their own last word still to come.
  if (event === 'payment_finished' || event === 'overpaid') return 'second_payment';
  return caseKindOf(event, order.status, false) ?? (role === 'orphan' ? 'orphan_payment' : 'underpaid');
}

async function openCaseOf(
  db: Database,
  order: OrderRow,
  meaning: Meaning,
  kind: CaseKind,
  deposit: Deposit | null,
  at: string,
): Promise<void> {
  await openCase(db, {
    orderId: order.id,
    accountId: order.accountId,
    mode: order.mode,
    paymentId: deposit?.view.paymentId ?? order.paymentId,
    kind,
    actuallyPaid: deposit?.share.arrived ?? null,
    payCurrency: deposit?.view.payCurrency ?? order.payCurrency,
    fact: {
      at,
      event: meaning.event,
      source: meaning.source,
      detail: meaning.detail,
      provider_status: deposit?.view.status ?? null,
      owed: order.payAmountText,
      arrived: deposit?.share.arrived ?? null,
      excess: deposit?.share.excess ?? null,
      unapplied: deposit?.share.unapplied ?? null,
      role: deposit?.role ?? null,
      ...(meaning.lateQuote === null ? {} : { price_now: meaning.lateQuote }),
    },
    at,
  });
}
