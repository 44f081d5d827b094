import { randomUUID } from 'node:crypto';
import type { Mode } from '../../domain/ids.js';
import { ownSubjects, type CaseKind, type CaseStatus } from '../../domain/cases/support-case.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, one, selectList } from '../query.js';
import { ofProposal } from './approvals.js';

export interface CaseResolution {
  readonly action: string;
  readonly reason: string;
  readonly actor: string;
  readonly approvedBy: string | null; // the second of four eyes; null: one person was enough
  readonly at: string;
}

export interface CaseRow {
  readonly id: string;
  readonly orderId: string | null;
  readonly accountId: string | null;
  readonly mode: Mode;
  readonly paymentId: string | null;
  readonly kind: CaseKind;
  readonly status: CaseStatus;
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
  readonly facts: readonly Record<string, unknown>[];
  readonly openedAt: string;
  readonly deadlineAt: string;
  readonly escalatedAt: string | null;
  readonly proposedBy: string | null;
  readonly proposedReason: string | null;
  readonly proposedAt: string | null;
  readonly proposalLapsesAt: string | null;
  readonly resolution: CaseResolution | null;
  readonly resolvedAt: string | null;
}

// A proposal that nobody approved in time has lapsed: the case is open again.
export const caseStatus = `case when resolved_at is not null then 'resolved'
  when ${ofProposal('true')} then 'awaiting_approval' else 'open' end`;

export const caseColumns = selectList<CaseRow>({
  id: 'id',
  orderId: 'order_id',
  accountId: 'account_id',
  mode: 'mode',
  paymentId: 'payment_id',
  kind: 'kind',
  status: caseStatus,
  actuallyPaid: 'actually_paid',
  payCurrency: 'pay_currency',
  facts: 'facts',
  openedAt: 'opened_at',
  deadlineAt: 'deadline_at',
  escalatedAt: 'escalated_at',
  proposedBy: ofProposal('proposed_by'),
  proposedReason: ofProposal('reason'),
  proposedAt: ofProposal('proposed_at'),
  proposalLapsesAt: ofProposal('lapses_at'),
  // its JSON is stored with the name of the wire
  resolution: `(resolution - 'approved_by') || jsonb_build_object('approvedBy', resolution -> 'approved_by')`,
  resolvedAt: 'resolved_at',
});

export interface CaseOpening {
  readonly orderId: string | null;
  readonly accountId: string | null;
  readonly mode: Mode;
  readonly paymentId: string | null;
  readonly kind: CaseKind;
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
  readonly evidence: Record<string, unknown>; // one more line of it
  readonly at: string;
}

// What a case is about (support-case.ts): coins have one open case whatever was found about them, the rest one of each kind.
const ownSubject = ownSubjects.map((kind) => `'${kind}'`).join(', ');
export const subjectOf = (kind: string) => `case when ${kind} in (${ownSubject}) then ${kind} else 'coins' end`;

export const caseValues = (opening: CaseOpening) => [
  opening.orderId,
  opening.mode,
  opening.paymentId,
  opening.actuallyPaid,
  opening.payCurrency,
  JSON.stringify(opening.evidence),
];

/**
 * Opens a case, or adds to the one that is open for the same subject: that keeps its kind, another reason is one more line
 * of evidence. Its amount grows with what arrived.
 */
export function openCase(db: Database, opening: CaseOpening): Promise<{ id: string; isNew: boolean }> {
  return one(
    db,
    `insert into support_cases as c (order_id, mode, payment_id, actually_paid, pay_currency, facts,
       id, account_id, kind, opened_at, deadline_at)
     values ($1, $2, $3, $4, $5, jsonb_build_array($6::jsonb), $7, $8, $9, $10::timestamptz,
       $10::timestamptz + interval '1 day')
     on conflict (mode, coalesce(order_id, ''), coalesce(payment_id, ''), (${subjectOf('kind')})) where resolved_at is null
     do update set facts = c.facts || excluded.facts,
       actually_paid = coalesce(excluded.actually_paid, c.actually_paid),
       pay_currency = case when excluded.actually_paid is null then c.pay_currency else excluded.pay_currency end
     returning id, (xmax = 0) as "isNew"`,
    [...caseValues(opening), randomUUID(), opening.accountId, opening.kind, opening.at],
  );
}

export function findCase(db: Database, id: string): Promise<CaseRow | null> {
  return maybeOne<CaseRow>(db, `select ${caseColumns} from support_cases where id = $1`, [id]);
}

export function casesOf(db: Database, orderId: string): Promise<CaseRow[]> {
  return many<CaseRow>(db, `select ${caseColumns} from support_cases where order_id = $1 order by opened_at, id`, [
    orderId,
  ]);
}

/** Whether an order has a case that nobody has answered, within another statement. */
export function hasOpenCaseWithin(orderId: string): string {
  return `exists (select 1 from support_cases where order_id = ${orderId} and resolved_at is null)`;
}

/** Marks a case as escalated; answers whether this call did it. */
export async function escalateCase(db: Database, id: string): Promise<boolean> {
  const escalated = await execute(
    db,
    'update support_cases set escalated_at = now() where id = $1 and escalated_at is null and resolved_at is null',
    [id],
  );
  return escalated === 1;
}

/** Resolves one case if it is still unresolved; answers whether it was. */
export async function resolveCase(db: Database, id: string, resolution: CaseResolution): Promise<boolean> {
  const resolved = await execute(
    db,
    `update support_cases set status = 'resolved', resolution = $2, resolved_at = $3
     where id = $1 and resolved_at is null`,
    [id, storedResolution(resolution), resolution.at],
  );
  return resolved === 1;
}

/** A person's word on the order is the answer to cases of these kinds. */
export function resolveCasesOf(
  db: Database,
  orderId: string,
  kinds: readonly CaseKind[],
  resolution: CaseResolution,
): Promise<number> {
  return execute(db, resolvingCases({ where: 'order_id = $1 and kind = any ($2)', resolution: '$3', at: '$4' }), [
    orderId,
    kinds,
    storedResolution(resolution),
    resolution.at,
  ]);
}

/** Gives cases that are open their answer. */
export function resolvingCases({ where, resolution, at }: { where: string; resolution: string; at: string }): string {
  return `update support_cases set status = 'resolved', resolution = ${resolution}, resolved_at = ${at}
    where ${where} and resolved_at is null`;
}

export function storedResolution({ approvedBy, ...resolution }: CaseResolution): object {
  return { ...resolution, approved_by: approvedBy };
}

/** Adds a line of evidence, or a person's note, to a case. */
export function addEvidence(db: Database, id: string, evidence: Record<string, unknown>): Promise<number> {
  return execute(db, 'update support_cases set facts = facts || jsonb_build_array($2::jsonb) where id = $1', [
    id,
    JSON.stringify(evidence),
  ]);
}
