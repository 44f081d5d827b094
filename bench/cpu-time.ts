import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Which part a process is, by its command: the first that fits. */
export type Parts = Readonly<Record<string, RegExp>>;

const ours: Parts = {
  worker: /src\/worker\.(ts|js)/,
  api: /src\/api\/server\.(ts|js)/,
  simulator: /simulator\/main\.ts/,
  receiver: /bench\/slow-receiver\.ts|scripts\/webhook-receiver\.ts/,
  'PostgreSQL of Temporal': /bin\/postgres .*temporal-postgres/,
  PostgreSQL: /bin\/postgres /,
  Temporal: /temporal-server --|temporal.* server start-dev/,
};
const ticksPerSecond = 100; // USER_HZ, the same on every Linux we run on

interface Stat {
  readonly parent: string;
  readonly seconds: number;
}

/** Seconds of processor time that each part below this process has used so far. Empty where the system does not tell. */
export function cpuSeconds(parts: Parts = ours): Record<string, number> {
  const used: Record<string, number> = {};
  for (const { part, seconds } of processesBelow(parts)) used[part] = (used[part] ?? 0) + seconds;
  return used;
}

/** The processes of these parts that run below this one. */
export function processesBelow(
  parts: Parts,
): { readonly pid: number; readonly part: string; readonly seconds: number }[] {
  if (!existsSync('/proc/self/stat')) return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const stats = new Map(pids.map((pid) => [pid, statOf(pid)]));
  return [...stats].flatMap(([pid, { seconds }]) => {
    const part = partOf(pid, { stats, parts });
    return part ? [{ pid: Number(pid), part, seconds }] : [];
  });
}

/** What happened between two readings, part by part, the most expensive first. */
export function cpuBetween(before: Record<string, number>, after: Record<string, number>): [string, number][] {
  const spent = Object.entries(after).map(([part, used]): [string, number] => [part, used - (before[part] ?? 0)]);
  return spent.sort(([, a], [, b]) => b - a);
}

/** What each of `count` pieces of work cost between two readings, as `worker 0.74 ms, PostgreSQL 0.51 ms`. */
export function costEach(before: Record<string, number>, after: Record<string, number>, count: number): string {
  const costs = cpuBetween(before, after)
    .map(([part, seconds]) => [part, (seconds * 1000) / count] as const)
    .filter(([, ms]) => ms >= 0.02);
  return costs.map(([part, ms]) => `${part} ${ms.toFixed(2)} ms`).join(', ') || 'not known on this system';
}

/**
 * The part of a process that descends from this one. A database session writes over its command: then its parent tells
 * whose server it belongs to.
 */
function partOf(pid: string, { stats, parts }: { stats: ReadonlyMap<string, Stat>; parts: Parts }): string | undefined {
  let found: string | undefined;
  for (let at = pid; at !== String(process.pid); at = stats.get(at)!.parent) {
    if (!stats.has(at)) return undefined; // nobody's, or ended meanwhile
    const command = procText(at, 'cmdline').replaceAll('\0', ' ');
    found ??= Object.entries(parts).find(([, pattern]) => pattern.test(command))?.[0];
  }
  return found;
}

/** What one process has used so far, in seconds; zero where the system does not tell. */
export function processSeconds(pid: number): number {
  return statOf(String(pid)).seconds;
}

/** With what its ended children used: a session that was closed does not take its time with it. */
function statOf(pid: string): Stat {
  const stat = procText(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may hold blanks and brackets
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { parent: fields[1] ?? '0', seconds: ticks / ticksPerSecond || 0 };
}

function procText(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}
