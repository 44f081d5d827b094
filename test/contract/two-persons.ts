import pg from 'pg';
import type { DevFile } from '../../scripts/dev/dev-file.js';
import { insertOperator, setRole } from '../../src/db/support/operators.js';

type Answer = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- JSON as an operator sees it
export type Call = (key: string, method: string, path: string, body?: object) => Promise<Answer>;

/** The keys of two admins, of whom one proposes and the other decides. */
export interface TwoPersons {
  readonly proposer: string;
  readonly decider: string;
}

const operatorsKey = { account_id: null, mode: 'live', scopes: ['driftstack_internal_admin'] };

export async function twoPersons(dev: DevFile, call: Call): Promise<TwoPersons> {
  const pool = new pg.Pool({ connectionString: dev.database_url, max: 1 });
  try {
    const persons = [];
    for (const name of ['mira', 'jan']) {
      persons.push(await insertOperator(pool, { name, role: 'support', passwordScrypt: 'none' }));
    }
    const keyOf = async (operator: string) =>
      (await call(dev.admin_key, 'POST', '/v1/admin/api-keys', { ...operatorsKey, name: operator, operator })).key;
    const found = { proposer: await keyOf('mira'), decider: await keyOf('jan') };
    for (const { id } of persons) await setRole(pool, id, 'admin'); // from now on each needs the other
    return found;
  } finally {
    await pool.end();
  }
}

/** Proposals that wait for the other person, by their ids. */
export async function proposals(count: number, { proposer }: TwoPersons, call: Call): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const body = { ...operatorsKey, name: `proposed ${number}` };
    ids.push((await call(proposer, 'POST', '/v1/admin/api-keys', body)).id);
  }
  return ids;
}
