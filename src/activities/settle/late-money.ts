import type { FactOutcome, ResolveFact } from '../../domain/facts/fact.js';
import { assert } from '../../domain/invariant.js';
import { decisionMeaning } from '../../domain/facts/meaning.js';
import { decide } from '../../domain/order.js';
import { judgeLate } from '../../domain/cases/policy.js';
import { lateCaseToHonour } from '../../domain/cases/support-case.js';
import { paymentsOf } from '../../db/money/payments.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { casesOf } from '../../db/support/support-cases.js';
import { auditFact } from './audit-fact.js';
import { carryOut } from './carry-out.js';
import { applyResolution } from './resolve-cases.js';
import type { Settlement } from './settlement.js';

interface Settled {
  readonly outcome: FactOutcome;
  readonly after: OrderRow;
}

/**
 * Late money that the account's policy takes: its case is honoured at once, in the policy's name. Null: it takes none. `order`: as
 * it is since the money was recorded.
 */
export async function takeLateMoney(settlement: Settlement, order: OrderRow): Promise<Settled | null> {
  const { db } = settlement;
  const resolution = await resolutionByPolicy(settlement);
  if (!resolution) return null;
  const decision = decide(order.status, 'honoured');
  assert(decision.kind === 'moved', `late money was taken for an order that is ${order.status}`);
  const meaning = { ...decisionMeaning(order.status, resolution, null), note: resolution.reason };
  const honouring: Settlement = { ...settlement, order, meaning, decision, lateQuote: null };
  if ((await applyResolution(honouring)) !== null) return null;
  const after = await carryOut(honouring);
  const outcome = { kind: 'moved', status: 'paid', reason: resolution.reason } as const;
  await auditFact(db, { fact: resolution, before: order, after, outcome });
  return { outcome, after };
}

/** The word that the account's policy says about late money on record, like a person's; null: it leaves it to one. */
async function resolutionByPolicy(settlement: Settlement): Promise<ResolveFact | null> {
  const { db, order, meaning, ruling, lateQuote } = settlement;
  if (!meaning.completes || order.payAmount === null) return null;
  const payments = await paymentsOf(db, [order.id]);
  const lateAt = payments.flatMap((payment) => payment.lateAt ?? []).sort()[0];
  if (lateAt === undefined) return null;
  const { status, failedReason, closedAt, payAmount: owed } = order;
  const verdict = judgeLate(ruling.policy, { status, failedReason, closedAt, lateAt, owed, quoteNow: lateQuote });
  if (verdict.kind === 'refused') return null;
  const found = lateCaseToHonour(await casesOf(db, order.id));
  if (!found) return null;
  return {
    kind: 'resolve',
    id: settlement.fact.id,
    caseId: found.id,
    action: 'honour',
    actor: `policy:v${ruling.version}`,
    approvedBy: null,
    reason: `${verdict.minutes} minutes late, the rate moved by ${verdict.drift} %`,
  };
}
