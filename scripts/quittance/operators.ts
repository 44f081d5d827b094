import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import type { Argv } from 'yargs';
import type { Database } from '../../src/db/pool.js';
import { inTransaction } from '../../src/db/query.js';
import { appendAudit } from '../../src/db/support/audit-log.js';
import {
  createOperator,
  findOperator,
  listOperators,
  setDisabled,
  setPassword,
  setRole,
  type OperatorRow,
} from '../../src/db/support/operators.js';
import { removeSecondFactor } from '../../src/db/support/second-factors.js';
import { isOperatorName, operatorRoles, passwordFault, type OperatorRole } from '../../src/domain/access/operator.js';
import { Refusal, type Answer } from './answer.js';
import { command, group } from './command.js';
import { withPool } from './environment.js';

const named = (parser: Argv) => parser.positional('name', { type: 'string', demandOption: true });
const withRole = (parser: Argv) =>
  named(parser).option('role', { choices: operatorRoles.map(spoken), demandOption: true });
const withPassword = <Options>(parser: Argv<Options>) =>
  parser.option('password-stdin', { type: 'boolean', default: false, describe: 'Read it; otherwise one is drawn' });

const list = command({
  words: 'list',
  about: 'Who may use the console',
  run: () =>
    withPool('operator', async (pool) => {
      const found = await listOperators(pool);
      return { lines: found.map(lineOf), json: found.map(rights) };
    }),
});

const add = command({
  words: 'add <name>',
  about: 'A new operator; a drawn password is shown once',
  options: (parser) => withPassword(withRole(parser)),
  run: ({ name, role, passwordStdin }) =>
    changing(async (db) => {
      if (!isOperatorName(name)) throw new Refusal(`${name}: a name is 2 to 64 of a-z, 0-9, dot, dash and underscore`);
      if (await findOperator(db, name)) throw new Refusal(`there is an operator ${name} already`);
      const drawn = await newPassword(passwordStdin);
      await createOperator(db, { name, role: roleOf(role), password: drawn.password });
      return audited(db, { name }, 'operator.created', drawn);
    }),
});

const role = command({
  words: 'role <name>',
  about: 'Give an operator another role',
  options: withRole,
  run: ({ name, role: given }) =>
    changing(async (db) => {
      const found = await known(db, name);
      await setRole(db, found.id, roleOf(given));
      return audited(db, found, 'operator.role_changed');
    }),
});

const password = command({
  words: 'password <name>',
  about: 'Give an operator another password',
  options: (parser) => withPassword(named(parser)),
  run: ({ name, passwordStdin }) =>
    changing(async (db) => {
      const found = await known(db, name);
      const drawn = await newPassword(passwordStdin);
      await setPassword(db, found.id, drawn.password);
      return audited(db, found, 'operator.password_changed', drawn);
    }),
});

const forgetSecondFactor = command({
  words: 'forget-second-factor <name>',
  about: 'Let an operator in without a code, as whose telephone is gone',
  options: named,
  run: ({ name }) =>
    changing(async (db) => {
      const found = await known(db, name);
      await removeSecondFactor(db, found.id);
      return audited(db, found, 'operator.second_factor_removed');
    }),
});

const disable = command({
  words: 'disable <name>',
  about: 'Let an operator in no more',
  options: named,
  run: ends(true),
});
const enable = command({ words: 'enable <name>', about: 'Let an operator in again', options: named, run: ends(false) });

export const operators = group(
  'operators',
  'People who use the console: list, add, role, password, forget-second-factor, disable, enable',
  [list, add, role, password, forgetSecondFactor, disable, enable],
);

function ends(disabled: boolean) {
  return ({ name }: { readonly name: string }): Promise<Answer> =>
    changing(async (db) => {
      const found = await known(db, name);
      await setDisabled(db, found.id, disabled);
      return audited(db, found, `operator.${disabled ? 'disabled' : 'enabled'}`);
    });
}

function changing(work: (db: Database) => Promise<Answer>): Promise<Answer> {
  return withPool('operator', (pool) => inTransaction(pool, work));
}

async function known(db: Database, name: string): Promise<OperatorRow> {
  const found = await findOperator(db, name);
  if (!found) throw new Refusal(`there is no operator ${name}`);
  return found;
}

interface Password {
  readonly password: string;
  readonly isDrawn: boolean;
}

/** One audit row for the change, never with a password; answers the operator as it now is. */
async function audited(
  db: Database,
  before: OperatorRow | { readonly name: string },
  action: string,
  secret?: Password,
): Promise<Answer> {
  const after = await known(db, before.name);
  await appendAudit(db, {
    actor: `cli:${userInfo().username}`,
    action,
    accountId: null,
    subject: `operator:${before.name}`,
    before: 'role' in before ? standing(before) : null,
    after: standing(after),
  });
  const drawn = secret?.isDrawn ? secret.password : null;
  return {
    lines: [lineOf(after), ...(drawn === null ? [] : [`password: ${drawn}   (shown once)`])],
    json: { ...rights(after), ...(drawn === null ? {} : { password: drawn }) },
  };
}

async function newPassword(isGiven: boolean): Promise<Password> {
  if (!isGiven) return { password: randomBytes(18).toString('base64url'), isDrawn: true };
  const given = (await text(process.stdin)).replace(/\r?\n$/, '');
  const fault = passwordFault(given);
  if (fault) throw new Refusal(`the password: ${fault}`);
  return { password: given, isDrawn: false };
}

function standing({ role: given, disabledAt, hasSecondFactor }: OperatorRow) {
  return { role: given, disabled_at: disabledAt, second_factor: hasSecondFactor };
}

function rights(operator: OperatorRow) {
  return { name: operator.name, ...standing(operator) };
}

function lineOf({ name, role: given, disabledAt, hasSecondFactor }: OperatorRow): string {
  return `${name}  ${spoken(given)}${hasSecondFactor ? '  second factor' : ''}${disabledAt === null ? '' : '  disabled'}`;
}

function spoken(given: OperatorRole): string {
  return given.replace('_', '-');
}

function roleOf(given: string): OperatorRole {
  const found = operatorRoles.find((each) => spoken(each) === given);
  if (!found) throw new Refusal(`${given}: no such role`);
  return found;
}
