import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { appendAudit } from '../src/db/support/audit-log.js';
import {
  createOperator,
  findOperator,
  listOperators,
  setDisabled,
  setPassword,
  setRole,
  type OperatorRow,
} from '../src/db/support/operators.js';
import { createPool, type Database } from '../src/db/pool.js';
import { inTransaction } from '../src/db/query.js';
import { isOperatorName, operatorRoles, passwordFault, type OperatorRole } from '../src/domain/access/operator.js';
import { commandLine } from './command-line.js';

const usage = `Who may use the console. The database is that of DATABASE_URL.

  ${commandLine('operator', 'list')}
  ${commandLine('operator', 'add <name> --role support|admin|read-only [--password-stdin]')}
  ${commandLine('operator', 'role <name> --role support|admin|read-only')}
  ${commandLine('operator', 'password <name> [--password-stdin]')}
  ${commandLine('operator', 'disable <name>')}
  ${commandLine('operator', 'enable <name>')}

Without --password-stdin a password is drawn and shown once.`;

class Refusal extends Error {}

const options = { role: { type: 'string' }, 'password-stdin': { type: 'boolean', default: false } } as const;
type Options = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];

async function run(db: Database, [verb, name, ...rest]: readonly string[], given: Options): Promise<string[]> {
  if (verb === undefined || rest.length > 0) throw new Refusal(usage);
  if (verb === 'list' && name === undefined) return (await listOperators(db)).map(lineOf);
  if (name === undefined || !isOperatorName(name)) {
    throw new Refusal(name === undefined ? usage : `${name}: a name is 2 to 64 of a-z, 0-9, dot, dash and underscore`);
  }
  if (verb === 'add') return add(db, name, given);
  const found = await findOperator(db, name);
  if (!found) throw new Refusal(`there is no operator ${name}`);
  switch (verb) {
    case 'role':
      await setRole(db, found.id, roleIn(given));
      return audited(db, found, 'operator.role_changed', []);
    case 'password': {
      const { password, shown } = await newPassword(given);
      await setPassword(db, found.id, password);
      return audited(db, found, 'operator.password_changed', shown);
    }
    case 'disable':
    case 'enable':
      await setDisabled(db, found.id, verb === 'disable');
      return audited(db, found, `operator.${verb}d`, []);
    default:
      throw new Refusal(usage);
  }
}

async function add(db: Database, name: string, given: Options): Promise<string[]> {
  const role = roleIn(given);
  if (await findOperator(db, name)) throw new Refusal(`there is an operator ${name} already`);
  const { password, shown } = await newPassword(given);
  await createOperator(db, { name, role, password });
  return audited(db, { name }, 'operator.created', shown);
}

/** One audit row for the change, never with a password; answers the operator as it now is. */
async function audited(
  db: Database,
  before: OperatorRow | { readonly name: string },
  action: string,
  shown: readonly string[],
): Promise<string[]> {
  const after = await findOperator(db, before.name);
  if (!after) throw new Error(`operator ${before.name} is gone`);
  const rights = ({ role, disabledAt }: OperatorRow) => ({ role, disabled_at: disabledAt });
  await appendAudit(db, {
    actor: `cli:${userInfo().username}`,
    action,
    accountId: null,
    subject: `operator:${before.name}`,
    before: 'role' in before ? rights(before) : null,
    after: rights(after),
  });
  return [lineOf(after), ...shown];
}

function roleIn({ role }: Options): OperatorRole {
  const found = operatorRoles.find((known) => known === role?.replace('-', '_'));
  if (!found) throw new Refusal(`--role is one of ${operatorRoles.map(spoken).join(', ')}`);
  return found;
}

async function newPassword(given: Options): Promise<{ password: string; shown: string[] }> {
  if (!given['password-stdin']) {
    const password = randomBytes(18).toString('base64url');
    return { password, shown: [`password: ${password}   (shown once)`] };
  }
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  const fault = passwordFault(password);
  if (fault) throw new Refusal(`the password: ${fault}`);
  return { password, shown: [] };
}

function lineOf({ name, role, disabledAt }: OperatorRow): string {
  return `${name}  ${spoken(role)}${disabledAt === null ? '' : '  disabled'}`;
}

function spoken(role: OperatorRole): string {
  return role.replace('_', '-');
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({ options, allowPositionals: true });
  const url = process.env.DATABASE_URL;
  if (!url) throw new Refusal('DATABASE_URL is not set: which database shall be changed?');
  const pool = createPool({ url, max: 1, applicationName: 'quittance-operator', onError: () => undefined });
  try {
    const lines = await inTransaction(pool, (db) => run(db, positionals, values));
    for (const line of lines) console.log(line);
  } finally {
    await pool.end();
  }
}

main().catch((failure: unknown) => {
  console.error(failure instanceof Error ? failure.message : String(failure));
  process.exitCode = 1;
});
