import { readFileSync, writeFileSync } from 'node:fs';

/** How much memory a process held at most since `begin`, in MiB; null where only Linux could tell. */
export function peakMemory(pid: number) {
  const read = (name: string) => statusMiB(pid, name);
  return {
    /** Forgets the peak so far; answers what is held now. */
    begin(): number | null {
      try {
        writeFileSync(`/proc/${pid}/clear_refs`, '5');
      } catch {
        return null;
      }
      return read('VmRSS');
    },
    peak: (): number | null => read('VmHWM'),
  };
}

/** What a process holds in memory now, in MiB; null where only Linux could tell. */
export const residentMiB = (pid: number): number | null => statusMiB(pid, 'VmRSS');

function statusMiB(pid: number, name: string): number | null {
  try {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Number(kib) / 1024;
  } catch {
    return null;
  }
}
