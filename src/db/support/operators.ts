import { randomUUID } from 'node:crypto';
import type { OperatorRole } from '../../domain/access/operator.js';
import { hashPassword } from '../secrets/password.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, one, selectList } from '../query.js';

/** A named person who may use the console. The password's hash is not part of it. */
export interface OperatorRow {
  readonly id: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly disabledAt: string | null;
  readonly hasSecondFactor: boolean;
  readonly createdAt: string;
}

/** The columns of an OperatorRow, for every statement that answers one. */
export const operatorColumns = selectList<OperatorRow>({
  id: 'o.id',
  name: 'o.name',
  role: 'o.role',
  disabledAt: 'o.disabled_at',
  hasSecondFactor: 'o.totp_sealed is not null',
  createdAt: 'o.created_at',
});

/** A name that is taken, also by a disabled operator, is a unique violation. */
export async function createOperator(
  db: Database,
  operator: { name: string; role: OperatorRole; password: string },
): Promise<OperatorRow> {
  const { name, role, password } = operator;
  return insertOperator(db, { name, role, passwordScrypt: await hashPassword(password) });
}

export function insertOperator(
  db: Database,
  { name, role, passwordScrypt }: { name: string; role: OperatorRole; passwordScrypt: string },
): Promise<OperatorRow> {
  return one<OperatorRow>(
    db,
    `insert into operators as o (id, name, role, password_scrypt) values ($1, $2, $3, $4) returning ${operatorColumns}`,
    [randomUUID(), name, role, passwordScrypt],
  );
}

export interface OperatorForLogin extends OperatorRow {
  readonly passwordScrypt: string;
}

/** Who may log in under that name; a disabled operator is not there. */
export function findOperatorForLogin(db: Database, name: string): Promise<OperatorForLogin | null> {
  return maybeOne<OperatorForLogin>(
    db,
    `select ${operatorColumns}, o.password_scrypt as "passwordScrypt" from operators o
     where o.name = $1 and o.disabled_at is null`,
    [name],
  );
}

export function findOperator(db: Database, name: string): Promise<OperatorRow | null> {
  return maybeOne<OperatorRow>(db, `select ${operatorColumns} from operators o where o.name = $1`, [name]);
}

export function listOperators(db: Database): Promise<OperatorRow[]> {
  return many<OperatorRow>(db, `select ${operatorColumns} from operators o order by o.name`);
}

/** Takes effect with the operator's next click: a session looks its operator up. */
export function setRole(db: Database, id: string, role: OperatorRole): Promise<number> {
  return execute(db, 'update operators set role = $2 where id = $1', [id, role]);
}

/** Gives a new password and ends every session that the old one opened. */
export async function setPassword(db: Database, id: string, password: string): Promise<number> {
  return setPasswordHash(db, id, await hashPassword(password));
}

export async function setPasswordHash(db: Database, id: string, passwordScrypt: string): Promise<number> {
  const changed = await execute(db, 'update operators set password_scrypt = $2 where id = $1', [id, passwordScrypt]);
  await endSessionsOf(db, id);
  return changed;
}

/** Shuts an operator out at once, or lets one in again. The name stays in the audit log, so the row stays too. */
export async function setDisabled(db: Database, id: string, disabled: boolean): Promise<number> {
  if (disabled) await endSessionsOf(db, id);
  return execute(
    db,
    'update operators set disabled_at = case when $2 then coalesce(disabled_at, now()) end where id = $1',
    [id, disabled],
  );
}

function endSessionsOf(db: Database, operatorId: string): Promise<number> {
  return execute(db, 'delete from console_sessions where operator_id = $1', [operatorId]);
}

/** Whether anybody was ever made an operator. */
export async function hasOperators(db: Database): Promise<boolean> {
  const { has } = await one<{ has: boolean }>(db, 'select exists (select 1 from operators) as has');
  return has;
}

/** Whether there are two who may make keys and operators: then no one does it alone. The database counts the same way. */
export async function hasSecondAdmin(db: Database): Promise<boolean> {
  const { count } = await one<{ count: number }>(
    db,
    "select count(*) as count from operators where role = 'admin' and disabled_at is null",
  );
  return count > 1;
}
