import type { Config } from '../../src/config.js';
import { hasAdminKey } from '../../src/db/accounts/api-keys.js';
import { databaseNow } from '../../src/db/clock.js';
import { unsafeSettings } from '../../src/db/durability.js';
import { lookAtSession, refusalFault, sessionFault, type Way } from '../../src/db/pooler.js';
import { migrationState } from '../../src/db/migrate.js';
import { listOperators } from '../../src/db/support/operators.js';
import type { Pool } from '../../src/db/pool.js';
import { sealingKeyIds } from '../../src/db/secrets/reseal.js';
import { masterKey } from '../../src/db/secrets/seal.js';
import { lookAtAddresses } from './addresses.js';
import { commandLine } from '../quittance/command-line.js';
import { findingsOf, messageOf, skewFinding, type Finding } from './finding.js';

const { ok, warn, bad } = findingsOf('database');
const secrets = findingsOf('secrets');
const people = findingsOf('people');

/** Whether the database is there, durable, up to date, and readable with the keys we have. */
export async function lookAtDatabase(config: Config, pool: Pool): Promise<Finding[]> {
  try {
    const fault = sessionFault(wayOf(config), await lookAtSession(pool));
    if (fault !== null) return [poolerFinding(fault)];
  } catch (failure) {
    const where = new URL(config.databaseUrl);
    const refusal = refusalFault(wayOf(config), failure);
    if (refusal !== null) return [poolerFinding(refusal)];
    return [
      bad(
        `PostgreSQL at ${where.host}${where.pathname} does not answer: ${messageOf(failure)}`,
        'Start it, or correct DATABASE_URL (host, port, name, user, password, TLS).',
      ),
    ];
  }
  const schema = await lookAtSchema(pool);
  const durable = await lookAtDurability(config, pool);
  const clock = await lookAtClock(pool);
  const found = [ok('PostgreSQL answers'), durable, clock, schema];
  if (schema.level === 'bad') return found; // without its tables there is nothing more to see
  const seals = await lookAtSeals(config, pool);
  const operators = await lookAtPeople(config, pool);
  return [...found, ...seals, ...operators, await lookAtAddresses(config, pool)];
}

const wayOf = ({ databaseDirectUrl }: Config): Way => ({
  variable: 'DATABASE_URL',
  isPooled: databaseDirectUrl !== null,
});

/** The sentence names what is wrong, and behind its colon how to mend it. */
function poolerFinding(fault: string): Finding {
  const at = fault.indexOf(': ');
  return bad(fault.slice(0, at), fault.slice(at + 2));
}

async function lookAtDurability({ production }: Config, pool: Pool): Promise<Finding> {
  const unsafe = await unsafeSettings(pool);
  if (unsafe.length === 0) return ok('what it confirms survives a crash');
  return (production ? bad : warn)(
    `${unsafe.join(', ')} off: a crash loses confirmed orders`,
    `Turn ${unsafe.join(', ')} on in postgresql.conf. The API refuses to start without in production.`,
  );
}

async function lookAtClock(pool: Pool): Promise<Finding> {
  const before = Date.now();
  const there = Date.parse(await databaseNow(pool));
  return skewFinding('database', 'PostgreSQL', there - (before + Date.now()) / 2);
}

async function lookAtSchema(pool: Pool): Promise<Finding> {
  const { pending, unknown } = await migrationState(pool);
  if (pending.length > 0) return bad(`migrations are missing: ${pending.join(', ')}`, commandLine('migrate'));
  if (unknown.length > 0) {
    return warn(
      `the database is ahead of this version: ${unknown.join(', ')}`,
      'Run the newer version, or know that migrations are never undone.',
    );
  }
  return ok('the schema is up to date');
}

async function lookAtSeals({ masterKeys }: Config, pool: Pool): Promise<Finding[]> {
  const [current, ...previous] = masterKeys.map((bytes) => masterKey(bytes).id);
  const used = await sealingKeyIds(pool);
  const lost = used.filter((id) => id !== current && !previous.includes(id));
  if (lost.length > 0) {
    return [
      secrets.bad(
        `secrets in the database are sealed with a master key that is not here (${lost.join(', ')})`,
        'Put the old key into QUITTANCE_MASTER_KEY_PREVIOUS. Without it those secrets are lost and must be set anew.',
      ),
    ];
  }
  if (used.some((id) => id !== current)) {
    return [secrets.warn('some secrets are still sealed with a previous master key', commandLine('rotate-master-key'))];
  }
  return [secrets.ok('every sealed secret opens with the current master key')];
}

async function lookAtPeople({ consolePassword }: Config, pool: Pool): Promise<Finding[]> {
  const operators = (await listOperators(pool)).filter(({ disabledAt }) => disabledAt === null);
  const hasKey = await hasAdminKey(pool);
  return [
    operators.length > 0
      ? people.ok(`${operators.length} with a name may use the console`)
      : consolePassword !== null
        ? people.ok('nobody has a name at the console yet: the first login as admin with CONSOLE_PASSWORD makes one')
        : people.warn('nobody has a name at the console', commandLine('operators add <name> --role admin')),
    hasKey
      ? people.ok('an administrator key is in force')
      : people.warn('there is no administrator key, so no account can be made', commandLine('keys add <name>')),
  ];
}
