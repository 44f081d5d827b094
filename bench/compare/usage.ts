import { cpuBetween, cpuSeconds, type Parts } from '../cpu-time.js';
import { watchBegins, type Contender } from './contender.js';

/** Milliseconds of processor time by part. Only one contender works at a time, so what is shared is its own meanwhile. */
export type CpuMs = Readonly<Record<string, number>>;

/** What is asked of a server, whoever asks. */
export const serverParts = ['Temporal', 'PostgreSQL of Temporal', 'PostgreSQL'] as const;

/** The directory of the PostgreSQL that ours and the rivals' databases are in. */
export const benchPostgres = 'bench-postgres';

const others = 'of others';

/** Call it before; what it returns, call after. */
export function measureCpu(contender: Contender): () => CpuMs {
  const parts = partsOf(contender);
  const driver = process.cpuUsage();
  const before = cpuSeconds(parts);
  return () => {
    const spent = cpuBetween(before, cpuSeconds(parts)).filter(([part]) => part !== others);
    const { user, system } = process.cpuUsage(driver);
    return {
      ...Object.fromEntries(spent.map(([part, seconds]) => [part, seconds * 1000])),
      driver: (user + system) / 1000,
    };
  };
}

export const totalOf = (cpu: CpuMs): number => Object.values(cpu).reduce((sum, ms) => sum + ms, 0);

/** Sessions say in their command line whose database they serve; what else a server does is for whoever works now. */
function partsOf({ programs, database, workflowId }: Contender): Parts {
  const temporal: Parts = {
    Temporal: /temporal-server --/,
    'PostgreSQL of Temporal': /^postgres: \S+ temporal|temporal-postgres/,
  };
  return {
    ...programs,
    ...(workflowId === null ? {} : temporal),
    ...(database === null ? {} : { PostgreSQL: new RegExp(`^postgres: \\S+ ${database.name} |${benchPostgres}`) }),
    [others]: /^postgres: \S+ \S+ \S+\(\d+\)|temporal-postgres|temporal-server --/,
    simulator: /simulator\/main\.ts/,
  };
}

export interface Counts {
  readonly at: number; // performance.now()
  readonly commits: number;
  readonly statements: number;
}

/** Of its own database so far; without what the driver asks, and without the words that begin and end transactions. */
export async function countsOf({ database }: Contender): Promise<Counts | null> {
  if (database === null) return null;
  const { rows } = await database.pool.query<{ commits: string; statements: string; watched: string }>(
    `select (select xact_commit from pg_stat_database where datname = current_database()) as commits,
       coalesce(sum(calls) filter (where query !~* '^(begin|commit|rollback)' and query not like $1), 0) as statements,
       coalesce(sum(calls) filter (where query like $1), 0) as watched
     from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())`,
    [`${watchBegins}%`],
  );
  const { commits, statements, watched } = rows[0]!;
  return { at: performance.now(), commits: Number(commits) - Number(watched), statements: Number(statements) };
}
