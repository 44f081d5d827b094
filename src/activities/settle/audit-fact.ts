import { appendAudit } from '../../db/support/audit-log.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { Database } from '../../db/pool.js';
import { findCase } from '../../db/support/support-cases.js';
import { publicId } from '../../domain/ids.js';
import type { CaseAction } from '../../domain/cases/support-case.js';
import type { Fact, FactOutcome, OperatorFact, ResolveFact } from '../../domain/facts/fact.js';

interface Applied {
  readonly fact: Fact;
  readonly before: OrderRow;
  readonly after: OrderRow;
  readonly outcome: FactOutcome;
}

/**
 * A person's word on an order leaves its audit row in the transaction that decides it: there is no crash between the two,
 * and a fact that is handed over twice is audited once.
 */
export async function auditFact(db: Database, applied: Applied): Promise<void> {
  const { fact, before, after, outcome } = applied;
  if (fact.kind === 'resolve' && outcome.kind !== 'refused') return auditDecision(db, { before, after }, fact);
  const what = auditedOf(fact, outcome);
  if (!what) return;
  await appendAudit(db, {
    actor: what.actor,
    action: what.action,
    reason: what.reason,
    accountId: before.accountId,
    orderId: before.id,
    subject: before.id,
    before: shown(before),
    after: { ...shown(after), ...what.said },
    result: outcome.reason === null ? outcome.kind : `${outcome.kind}: ${outcome.reason}`,
  });
}

const actionWords: Record<CaseAction, string> = { honour: 'honoured', decline: 'declined', note: 'noted' };

/** A refused decision is audited by who answers it: src/api/cases/refused-decision.ts. */
async function auditDecision(
  db: Database,
  { before, after }: Pick<Applied, 'before' | 'after'>,
  fact: ResolveFact,
): Promise<void> {
  const found = await findCase(db, fact.caseId);
  await appendAudit(db, {
    actor: fact.approvedBy ?? fact.actor, // who made it happen; the first of four eyes stands in the resolution
    action: `support_case.${actionWords[fact.action]}`,
    accountId: before.accountId,
    orderId: before.id,
    subject: publicId('case', fact.caseId),
    reason: fact.reason,
    before: { case: fact.approvedBy === null ? 'open' : 'awaiting_approval', order: before.status },
    after: { case: found?.status, order: after.status, resolution: found?.resolution },
  });
}

interface Audited {
  readonly actor: string;
  readonly action: string;
  readonly reason: string | null;
  readonly said?: object;
}

function auditedOf(fact: Fact, outcome: FactOutcome): Audited | null {
  if (fact.kind === 'operator') return { ...fact, action: 'crypto_order.ipn_applied', said: { said: saidIn(fact) } };
  // A sweep asks; only what it moved is a change.
  if (fact.kind !== 'window_closed' || !fact.sweep || outcome.kind !== 'moved') return null;
  return { ...fact.sweep, action: 'crypto_order.swept' };
}

function shown({ status, paymentId, version }: OrderRow) {
  return { status, payment_id: paymentId, version };
}

function saidIn(fact: OperatorFact) {
  return {
    provider_status: fact.providerStatus,
    payment_id: fact.paymentId,
    actually_paid: fact.actuallyPaid,
    pay_amount: fact.payAmount,
    pay_currency: fact.payCurrency,
  };
}
