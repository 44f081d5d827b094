import { appendAudit } from '../db/audit-log.js';
import type { OrderRow } from '../db/orders.js';
import { findOrder } from '../db/orders.js';
import type { Database } from '../db/pool.js';
import { findCase } from '../db/support-cases.js';
import { publicId } from '../domain/ids.js';
import type { CaseAction } from '../domain/support-case.js';
import type { Fact, FactOutcome, ResolveFact } from '../workflows/messages.js';

interface Applied {
  readonly fact: Fact;
  readonly before: OrderRow;
  readonly outcome: FactOutcome;
}

/**
 * A person's word on an order leaves its audit row in the transaction that decides it: there is no crash between the two,
 * and a fact that is handed over twice is audited once.
 */
export async function auditFact(db: Database, { fact, before, outcome }: Applied): Promise<void> {
  if (fact.kind === 'resolve' && outcome.kind !== 'refused') return auditDecision(db, before, fact);
  if (fact.kind !== 'operator') return;
  const after = await findOrder(db, before.id);
  await appendAudit(db, {
    actor: fact.actor,
    action: 'crypto_order.ipn_applied',
    accountId: before.accountId,
    orderId: before.id,
    subject: before.id,
    reason: fact.reason,
    before: { status: before.status, payment_id: before.paymentId, version: before.version },
    after: {
      status: after?.status,
      payment_id: after?.paymentId,
      version: after?.version,
      said: {
        provider_status: fact.providerStatus,
        payment_id: fact.paymentId,
        actually_paid: fact.actuallyPaid,
        pay_amount: fact.payAmount,
        pay_currency: fact.payCurrency,
      },
    },
    result: outcome.reason === null ? outcome.kind : `${outcome.kind}: ${outcome.reason}`,
  });
}

const actionWords: Record<CaseAction, string> = { honour: 'honoured', decline: 'declined', note: 'noted' };

/** A refused decision changed nothing, so it leaves no row. */
async function auditDecision(db: Database, before: OrderRow, fact: ResolveFact): Promise<void> {
  const [order, found] = [await findOrder(db, before.id), await findCase(db, fact.caseId)];
  await appendAudit(db, {
    actor: fact.approvedBy ?? fact.actor, // who made it happen; the first of four eyes stands in the resolution
    action: `support_case.${actionWords[fact.action]}`,
    accountId: before.accountId,
    orderId: before.id,
    subject: publicId('case', fact.caseId),
    reason: fact.reason,
    before: { case: fact.approvedBy === null ? 'open' : 'awaiting_approval', order: before.status },
    after: { case: found?.status, order: order?.status, resolution: found?.resolution },
  });
}
