import type { Database } from '../pool.js';
import { execute } from '../query.js';
import { caseValues, storedResolution, subjectOf, type CaseOpening, type CaseResolution } from './support-cases.js';

/** Adds to the case that is open for the same subject, or for the payment's coins; answers whether there is one. */
export async function growCase(
  db: Database,
  opening: CaseOpening,
  subject: 'same' | 'coins' = 'same',
): Promise<boolean> {
  const grown = await execute(
    db,
    `update support_cases set facts = facts || jsonb_build_array($6::jsonb),
       actually_paid = coalesce($4, actually_paid), pay_currency = case when $4 is null then pay_currency else $5 end
     where order_id = $1 and mode = $2 and payment_id is not distinct from $3 and resolved_at is null
       and ${subjectOf('kind')} = ${subject === 'coins' ? `'coins'` : subjectOf('$7::text')}`,
    subject === 'coins' ? caseValues(opening) : [...caseValues(opening), opening.kind],
  );
  return grown > 0;
}

/** The coins of a payment have their answer, whatever was found about them; by what the provider says, and by nobody's word. */
export function resolveCaseOfCoins(
  db: Database,
  orderId: string,
  paymentId: string,
  { reason, at }: Pick<CaseResolution, 'reason' | 'at'>,
): Promise<number> {
  const resolution = { action: 'settled', reason, actor: 'system:order-workflow', approvedBy: null, at };
  return execute(
    db,
    `update support_cases set status = 'resolved', resolution = $3, resolved_at = $4
     where order_id = $1 and payment_id = $2 and resolved_at is null and ${subjectOf('kind')} = 'coins'`,
    [orderId, paymentId, storedResolution(resolution), at],
  );
}

/** The payments of an order whose coins a person would not take, within another statement: they go back by hand. */
export function declinedWithin(orderId: string): string {
  return `array(select distinct payment_id from support_cases
    where order_id = ${orderId} and payment_id is not null and resolution ->> 'action' = 'decline'
      and ${subjectOf('kind')} = 'coins')`;
}
