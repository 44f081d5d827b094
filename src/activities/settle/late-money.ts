import type { CoinAmount } from '../../domain/money.js';
import { isZeroCoins } from '../../domain/money.js';
import { judgeLate } from '../../domain/policy.js';
import type { CaseKind } from '../../domain/support-case.js';
import type { PolicyRow } from '../../db/accounts/account-policies.js';
import type { Database } from '../../db/pool.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { paymentsOf } from '../../db/money/payments.js';
import { casesOf } from '../../db/support/support-cases.js';
import type { ResolveFact } from '../../workflows/messages.js';
import type { OrderDependencies } from '../dependencies.js';
import type { Meaning } from './understand-fact.js';

/** What the price costs in the order's coin now that its money came too late: for the policy, and for whoever decides. */
export async function lateQuote(
  deps: OrderDependencies,
  order: OrderRow,
  meaning: Meaning,
): Promise<CoinAmount | null> {
  const isLate = meaning.deposits.some((deposit) => deposit.late);
  if (!isLate || order.status !== 'failed' || order.failedReason !== 'expired' || !order.payCurrency) return null;
  const account = await deps.providerAccount(order);
  if (!account) return null;
  const price = { cents: order.priceCents, currency: order.priceCurrency };
  const now = await deps.gateway.estimate(account, { price, coin: order.payCurrency });
  return now.kind === 'known' && !isZeroCoins(now.coins) ? now.coins : null;
}

// With any other question open about the order's coins, a person looks at all of them.
const answered: ReadonlySet<CaseKind> = new Set(['late_payment', 'underpaid']);

/** The decision that the account's policy takes about late money on record, like a person's; null: it leaves it to one. */
export async function lateDecision(
  db: Database,
  order: OrderRow,
  { meaning, ruling, factId }: { meaning: Meaning; ruling: Pick<PolicyRow, 'version' | 'policy'>; factId: string },
): Promise<ResolveFact | null> {
  if (!meaning.completes || order.payAmount === null) return null;
  const payments = await paymentsOf(db, [order.id]);
  const lateAt = payments.flatMap((payment) => payment.lateAt ?? []).sort()[0];
  if (lateAt === undefined) return null;
  const { status, failedReason, closedAt, payAmount: owed } = order;
  const verdict = judgeLate(ruling.policy, {
    status,
    failedReason,
    closedAt,
    lateAt,
    owed,
    quoteNow: meaning.lateQuote,
  });
  if (verdict.kind === 'refused') return null;
  const open = (await casesOf(db, order.id)).filter((each) => each.resolvedAt === null);
  const found = open.find((each) => each.kind === 'late_payment');
  if (!found || !open.every((each) => answered.has(each.kind))) return null;
  return {
    kind: 'resolve',
    id: factId,
    caseId: found.id,
    action: 'honour',
    actor: `policy:v${ruling.version}`,
    approvedBy: null,
    reason: `${verdict.minutes} minutes late, the rate moved by ${verdict.drift} %`,
  };
}
