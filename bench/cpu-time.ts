import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** In the environment of everything a bench starts, so that its processes can be told from others'. */
export const benchMark = 'QUITTANCE_BENCH';

const parts: Readonly<Record<string, RegExp>> = {
  worker: /src\/worker\.ts/,
  api: /src\/api\/server\.ts/,
  receiver: /bench\/slow-receiver\.ts/,
  PostgreSQL: /postgres/,
  Temporal: /temporal/,
};
const ticksPerSecond = 100; // USER_HZ, the same on every Linux we run on

/** Seconds of processor time that each part has used so far. Empty where the system does not tell. */
export function cpuSeconds(mark: string): Record<string, number> {
  if (!existsSync('/proc/self/stat')) return {};
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const stats = new Map(pids.map((pid) => [pid, statOf(pid)]));
  const isOurs = (pid: string): boolean => {
    const stat = stats.get(pid);
    if (!stat) return false;
    // A database session writes over its environment: then its parent tells.
    return procText(pid, 'environ').includes(`${benchMark}=${mark}`) || isOurs(stat.parent);
  };
  const used: Record<string, number> = {};
  for (const [pid, { seconds }] of stats) {
    if (!isOurs(pid)) continue;
    const command = procText(pid, 'cmdline').replaceAll('\0', ' ');
    const part = Object.entries(parts).find(([, pattern]) => pattern.test(command))?.[0];
    if (part) used[part] = (used[part] ?? 0) + seconds;
  }
  return used;
}

/** What each of `count` pieces of work cost between two readings, as `worker 0.74 ms, PostgreSQL 0.51 ms`. */
export function costEach(before: Record<string, number>, after: Record<string, number>, count: number): string {
  const costs = Object.entries(after)
    .map(([part, used]) => [part, ((used - (before[part] ?? 0)) * 1000) / count] as const)
    .filter(([, ms]) => ms >= 0.02)
    .sort(([, a], [, b]) => b - a);
  return costs.map(([part, ms]) => `${part} ${ms.toFixed(2)} ms`).join(', ') || 'not known on this system';
}

function statOf(pid: string): { parent: string; seconds: number } {
  const stat = procText(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may hold blanks and brackets
  const seconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond || 0;
  return { parent: fields[1] ?? '0', seconds };
}

function procText(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}
