import type { OrderRow } from '../../db/orders/orders.js';
import type { Database } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import { personOf, propose, type ApprovalRow, type Proposal } from '../../db/support/approvals.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { hasSecondAdmin } from '../../db/support/operators.js';
import { eyesFor, isWorthMore, type Act, type Eyes } from '../../domain/access/approval.js';
import type { AlarmName } from '../../domain/alarms.js';
import { priceOf } from '../../domain/payments/bound-terms.js';
import type { AppDeps } from '../deps.js';
import { conflict, forbidden } from '../http/problem.js';

/** How many persons an act takes here and now. */
export async function eyesOn(db: Database, { settings }: AppDeps, act: Act): Promise<Eyes> {
  return eyesFor(act, { isOn: settings.fourEyesAbove !== null, hasSecondPerson: await hasSecondAdmin(db) });
}

/** Whether an order is worth more than one person may decide about. Orders of the test mode are worth nothing. */
export async function isAboveLimit(deps: AppDeps, order: OrderRow): Promise<boolean> {
  const { fourEyesAbove: limit } = deps.settings;
  if (limit === null || order.mode === 'test') return false;
  const worth = { price: priceOf(order), owed: order.payAmount };
  const needsRate = worth.price.currency !== limit.currency && worth.owed !== null;
  return isWorthMore(worth, limit, needsRate ? await deps.costInCoin(order, limit) : null);
}

/** What is done now by the one person, or waits for the second. */
export type Outcome<T> =
  { readonly kind: 'done'; readonly value: T } | { readonly kind: 'waits'; readonly approval: ApprovalRow };

interface Weighed<T> {
  readonly act: Act;
  readonly proposal: Proposal;
  readonly perform: () => Promise<T>;
}

/** Does it, where one person is enough; otherwise puts it as a proposal. It is weighed and done in one transaction. */
export async function withEyes<T>(deps: AppDeps, weigh: (db: Database) => Promise<Weighed<T>>): Promise<Outcome<T>> {
  const { outcome, eyes, proposal } = await inTransaction(deps.pool, async (db) => {
    const weighed = await weigh(db);
    const eyes = await eyesOn(db, deps, weighed.act);
    return { eyes, proposal: weighed.proposal, outcome: await doneOrPut(deps, db, { weighed, eyes }) };
  });
  if (eyes === 'two') tellOfPower(deps, proposal, 'proposed');
  if (eyes === 'alone') tellOfPower(deps, proposal, 'alone');
  return outcome;
}

async function doneOrPut<T>(
  deps: AppDeps,
  db: Database,
  { weighed, eyes }: { weighed: Weighed<T>; eyes: Eyes },
): Promise<Outcome<T>> {
  if (eyes === 'two') return { kind: 'waits', approval: await put(deps, db, weighed.proposal) };
  return { kind: 'done', value: await weighed.perform() };
}

/** Puts a proposal that another person has to agree to. Somebody hears of it at once. */
export async function askForTwo(deps: AppDeps, proposal: Proposal): Promise<ApprovalRow> {
  const row = await inTransaction(deps.pool, (db) => put(deps, db, proposal));
  tellOfPower(deps, proposal, 'proposed');
  return row;
}

async function put({ keyring }: AppDeps, db: Database, proposal: Proposal): Promise<ApprovalRow> {
  const { actor, kind, subject, accountId, orderId, reason, what } = proposal;
  await personBehind(db, actor);
  const row = await propose(db, keyring, proposal);
  if (!row) {
    throw conflict('Refused: the same already waits for a second person.', { resource: 'approval', field: 'subject' });
  }
  const entry = { actor, action: 'approval.requested', accountId, orderId, subject, reason };
  await appendAudit(db, { ...entry, after: { kind, what } });
  return row;
}

/** The person whose word it is. A key of nobody may do a lot, but not speak as one of two. */
export async function personBehind(db: Database, actor: string): Promise<string> {
  const person = await personOf(db, actor);
  if (person !== null) return person;
  throw forbidden('This takes two persons, and this key belongs to none: `quittance keys give <key_…> <operator>`.');
}

type Told = Pick<Proposal, 'kind' | 'subject' | 'actor'>;

/** Wakes somebody: that it was asked for, that two agreed, or that one did it without a second. */
export function tellOfPower({ metrics, log }: AppDeps, told: Told, step: 'proposed' | 'approved' | 'alone'): void {
  const alarm = 'power_used' satisfies AlarmName;
  metrics.alarms.inc({ alarm });
  const { kind, subject, actor } = told;
  log.warn({ alarm, act: kind, subject, actor, step }, `power_used: ${kind}, ${step}`);
}
