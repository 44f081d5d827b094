import { randomUUID } from 'node:crypto';
import { approvalWindowMs, type ApprovalKind } from '../../domain/access/approval.js';
import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, selectList } from '../query.js';
import { seal, unseal, type Keyring } from '../secrets/seal.js';

/** What takes two persons, as it was proposed. Who they are, the database reads from the actors; it also keeps them apart. */
export interface ApprovalRow {
  readonly id: string;
  readonly kind: ApprovalKind;
  readonly subject: string;
  readonly accountId: string | null;
  readonly orderId: string | null;
  readonly what: Readonly<Record<string, unknown>>;
  readonly sealed: string | null;
  readonly reason: string | null;
  readonly proposedBy: string;
  readonly proposer: string;
  readonly proposedAt: string;
  readonly lapsesAt: string;
  readonly isLapsed: boolean; // by the database's clock
  readonly outcome: 'approved' | 'declined' | 'lapsed' | null;
  readonly decidedBy: string | null;
}

export const approvalColumns = selectList<ApprovalRow>({
  id: 'id',
  kind: 'kind',
  subject: 'subject',
  accountId: 'account_id',
  orderId: 'order_id',
  what: 'what',
  sealed: 'sealed',
  reason: 'reason',
  proposedBy: 'proposed_by',
  proposer: 'proposer',
  proposedAt: 'proposed_at',
  lapsesAt: 'lapses_at',
  isLapsed: 'lapses_at <= now()',
  outcome: 'outcome',
  decidedBy: 'decided_by',
});

export interface Proposal {
  readonly kind: ApprovalKind;
  readonly subject: string;
  readonly accountId: string | null;
  readonly orderId: string | null;
  readonly what: Readonly<Record<string, unknown>>; // never a secret
  readonly secrets?: Readonly<Record<string, unknown>>; // kept sealed until it is decided
  readonly reason: string | null;
  readonly actor: string;
}

/** Puts a proposal where there is none for the same subject; null: one waits already. */
export async function propose(db: Database, keyring: Keyring, proposal: Proposal): Promise<ApprovalRow | null> {
  const { kind, subject, accountId, orderId, what, secrets, reason, actor } = proposal;
  const id = randomUUID();
  const sealed = secrets === undefined ? null : seal(keyring, approvalPurpose(id), JSON.stringify(secrets));
  await execute(
    db,
    `update approvals set outcome = 'lapsed', decided_at = now(), sealed = null
     where kind = $1 and subject = $2 and outcome is null and lapses_at <= now()`,
    [kind, subject],
  );
  return maybeOne<ApprovalRow>(
    db,
    `insert into approvals (id, kind, subject, account_id, order_id, what, sealed, reason, proposed_by, lapses_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, now() + make_interval(secs => $10 / 1000.0))
     on conflict (kind, subject) where outcome is null do nothing returning ${approvalColumns}`,
    [id, kind, subject, accountId, orderId, JSON.stringify(what), sealed, reason, actor, approvalWindowMs],
  );
}

/** Decides on a proposal that waits; null: it is decided or has lapsed. One person twice is a violation of the database. */
export function decideApproval(
  db: Database,
  id: string,
  { outcome, actor, reason }: { outcome: 'approved' | 'declined'; actor: string; reason: string | null },
): Promise<ApprovalRow | null> {
  return maybeOne<ApprovalRow>(
    db,
    `update approvals set outcome = $2, decided_by = $3, decided_at = now(), decision_reason = $4, sealed = null
     where id = $1 and outcome is null and lapses_at > now() returning ${approvalColumns}`,
    [id, outcome, actor, reason],
  );
}

export function findApproval(db: Database, id: string): Promise<ApprovalRow | null> {
  return maybeOne<ApprovalRow>(db, `select ${approvalColumns} from approvals where id = $1`, [id]);
}

/** The proposal about a subject that still counts: one that waits, or one that was approved and may not be carried out yet. */
export function standingApproval(db: Database, kind: ApprovalKind, subject: string): Promise<ApprovalRow | null> {
  return maybeOne<ApprovalRow>(
    db,
    `select ${approvalColumns} from approvals
     where kind = $1 and subject = $2 and lapses_at > now() and (outcome is null or outcome = 'approved')
     order by proposed_at desc limit 1`,
    [kind, subject],
  );
}

/** What waits for a second person, the oldest first. A case that was decided otherwise meanwhile waits for nobody. */
export async function listWaitingApprovals(
  db: Database,
  { after, limit }: { after: Position | null; limit: number },
): Promise<Page<ApprovalRow>> {
  const rows = await many<ApprovalRow>(
    db,
    `select ${approvalColumns} from approvals a where ${isWaiting}
     and ($1::timestamptz is null or (proposed_at, id) > ($1, $2::uuid))
     and not exists (select 1 from support_cases c
       where a.kind = 'honour' and c.id = (case when a.kind = 'honour' then substr(a.subject, 6) end)::uuid
         and c.resolved_at is not null)
     order by proposed_at, id limit $3`,
    [after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return pageOf(rows, limit, (row) => row.proposedAt);
}

const isWaiting = 'outcome is null and lapses_at > now()';

/** A column of the proposal to honour a case that waits, within a statement about `support_cases`. */
export function ofProposal(column: string): string {
  return `(select ${column} from approvals where kind = 'honour' and subject = 'case_' || support_cases.id and ${isWaiting})`;
}

/** The person behind an actor of the audit log; null: nobody can say. */
export async function personOf(db: Database, actor: string): Promise<string | null> {
  const row = await maybeOne<{ id: string | null }>(db, 'select person_of($1) as id', [actor]);
  return row?.id ?? null;
}

export function approvalPurpose(id: string): string {
  return `approvals.sealed/${id}`;
}

/** The secrets that came with a proposal. */
export function secretsIn(keyring: Keyring, { id, sealed }: ApprovalRow): unknown {
  return sealed === null ? null : JSON.parse(unseal(keyring, approvalPurpose(id), sealed));
}
