import type { Database } from './pool.js';
import { manyPlanned } from './query.js';
import { directMark, sessionSettings } from './session.js';

/** Which variable a connection comes from, and whether it is meant to lead through a pooler. */
export interface Way {
  readonly variable: 'DATABASE_URL' | 'DATABASE_DIRECT_URL';
  readonly isPooled: boolean;
}

interface Session {
  readonly isOurs: boolean; // what the driver asked for at its start has reached PostgreSQL
  readonly unkept: readonly string[]; // settings that are not as they shall be
}

const page = 'docs/scaling.md, "Behind a pooler"';

/** What is wrong with a session of this way, in a sentence that says how to mend it; null: nothing. */
export function sessionFault({ variable, isPooled }: Way, { isOurs, unkept }: Session): string | null {
  if (!isPooled) return isOurs ? null : undeclared(variable);
  if (unkept.length === 0) return null;
  const missing = unkept.map((name) => `alter role … set ${name} = '${sessionSettings.get(name) ?? ''}'`);
  return `${variable} leads through a pooler, so the role has to bring its own limits: ${missing.join('; ')} (${page})`;
}

function undeclared(variable: Way['variable']): string {
  const what =
    'leads through a pooler such as PgBouncer, which hands each transaction another connection and drops what we ask of ours';
  const mend =
    variable === 'DATABASE_URL'
      ? 'set DATABASE_DIRECT_URL as well, to PostgreSQL itself'
      : 'it has to lead to PostgreSQL itself';
  return `${variable} ${what}: ${mend} (${page})`;
}

/** Whether a connection was refused for what it asked for at its start: PostgreSQL knows these settings, poolers do not. */
function isPoolersRefusal(failure: unknown): boolean {
  return failure instanceof Error && /unsupported startup parameter/i.test(failure.message);
}

/** The same of a connection that did not come about; null: it failed for another reason. */
export function refusalFault({ variable }: Way, failure: unknown): string | null {
  return isPoolersRefusal(failure) ? undeclared(variable) : null;
}

/** Without names for its statements: a pooler that nobody declared may know them already, or not at all. */
export async function lookAtSession(db: Database): Promise<Session> {
  const rows = await manyPlanned<{ name: string; setting: string }>(
    db,
    'select lower(name) as name, setting from pg_settings where lower(name) = any ($1)',
    [[...sessionSettings.keys()]],
  );
  const found = new Map(rows.map(({ name, setting }) => [name, setting]));
  const [mark] = await manyPlanned<{ value: string | null }>(db, 'select current_setting($1, true) as value', [
    directMark,
  ]);
  return {
    isOurs: mark?.value === 'yes',
    unkept: [...sessionSettings].flatMap(([name, value]) => (found.get(name) === value ? [] : [name])),
  };
}
