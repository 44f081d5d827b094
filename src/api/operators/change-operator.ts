import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../../db/pool.js';
import { hashPassword } from '../../db/secrets/password.js';
import type { ApprovalRow } from '../../db/support/approvals.js';
import { appendAudit } from '../../db/support/audit-log.js';
import {
  findOperator,
  insertOperator,
  setDisabled,
  setPasswordHash,
  setRole,
  type OperatorRow,
} from '../../db/support/operators.js';
import { removeSecondFactor } from '../../db/support/second-factors.js';
import { givesPower, operatorActor, operatorChanges, operatorRoles } from '../../domain/access/operator.js';
import { withEyes, type Outcome } from '../approvals/eyes.js';
import type { AppDeps } from '../deps.js';
import { conflict, notFound } from '../http/problem.js';

const wantedChange = z.object({
  change: z.enum(operatorChanges),
  name: z.string(),
  role: z.enum(operatorRoles).nullable(), // of a new operator, or his new one
});
export type WantedChange = z.output<typeof wantedChange>;

interface Asker {
  readonly actor: string;
  readonly reason: string | null;
}

export interface ChangedOperator {
  readonly password: string | null; // drawn, shown once to whoever asked for it
  readonly outcome: Outcome<OperatorRow>;
}

/** Changes who may use the console. What gives somebody power, or takes it from an admin, is for two as soon as there are two. */
export async function changeOperator(deps: AppDeps, wanted: WantedChange, asker: Asker): Promise<ChangedOperator> {
  const password = takesPassword(wanted) ? randomBytes(18).toString('base64url') : null;
  const passwordScrypt = password === null ? null : await hashPassword(password);
  const outcome = await withEyes(deps, async (db) => {
    const before = await standingOperator(db, wanted);
    return {
      act: { kind: 'operator', givesPower: givesPower(wanted.change, wanted.role, before?.role ?? null) },
      proposal: {
        kind: 'operator',
        subject: operatorActor(wanted.name),
        accountId: null,
        orderId: null,
        ...asker,
        what: { ...wanted, role_now: before?.role ?? null },
        secrets: { password_scrypt: passwordScrypt },
      },
      perform: () => carryOut(db, { wanted, passwordScrypt }, asker),
    };
  });
  return { password, outcome };
}

/** The operator as he is; null: a new one. */
async function standingOperator(db: Database, { change, name }: WantedChange): Promise<OperatorRow | null> {
  const found = await findOperator(db, name);
  if (change === 'add' && found) {
    throw conflict(`There is an operator ${name} already.`, { resource: 'operator', field: 'name' });
  }
  if (change !== 'add' && !found) throw notFound();
  return found;
}

const secretsOf = z.object({ password_scrypt: z.string().nullable() });

/** What two agreed to. */
export async function changeOperatorAsAgreed(db: Database, found: ApprovalRow, secrets: unknown): Promise<void> {
  const { password_scrypt: passwordScrypt } = secretsOf.parse(secrets);
  const asker = { actor: found.proposedBy, reason: found.reason };
  await carryOut(db, { wanted: wantedChange.parse(found.what), passwordScrypt }, asker);
}

function takesPassword({ change }: WantedChange): boolean {
  return change === 'add' || change === 'password';
}

const audited: Record<WantedChange['change'], string> = {
  add: 'operator.created',
  role: 'operator.role_changed',
  password: 'operator.password_changed',
  second_factor: 'operator.second_factor_removed',
  disable: 'operator.disabled',
  enable: 'operator.enabled',
};

async function carryOut(
  db: Database,
  { wanted, passwordScrypt }: { wanted: WantedChange; passwordScrypt: string | null },
  asker: Asker,
): Promise<OperatorRow> {
  const before = await standingOperator(db, wanted);
  await change(db, { wanted, passwordScrypt, before });
  const after = await findOperator(db, wanted.name);
  if (!after) throw notFound();
  const subject = operatorActor(wanted.name);
  const entry = { ...asker, action: audited[wanted.change], accountId: null, subject };
  await appendAudit(db, { ...entry, before: before && standing(before), after: standing(after) });
  return after;
}

interface Change {
  readonly wanted: WantedChange;
  readonly passwordScrypt: string | null;
  readonly before: OperatorRow | null;
}

async function change(db: Database, { wanted, passwordScrypt, before }: Change): Promise<void> {
  const { name, role } = wanted;
  if (wanted.change === 'add') {
    await insertOperator(db, { name, role: role ?? 'read_only', passwordScrypt: passwordScrypt ?? '' });
    return;
  }
  if (!before) throw notFound();
  if (wanted.change === 'role') await setRole(db, before.id, role ?? before.role);
  else if (wanted.change === 'password') await setPasswordHash(db, before.id, passwordScrypt ?? '');
  else if (wanted.change === 'second_factor') await removeSecondFactor(db, before.id);
  else await setDisabled(db, before.id, wanted.change === 'disable');
}

function standing({ role, disabledAt, hasSecondFactor }: OperatorRow): object {
  return { role, disabled_at: disabledAt, second_factor: hasSecondFactor };
}
