import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { ChaosOptions } from './options.js';
import type { GoalVerdict } from './verdict.js';

/** What is kept of a run, to be read by programs. */
export function reportOf({ seed, size, payWindow }: ChaosOptions, verdicts: readonly GoalVerdict[]) {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  return {
    at: new Date().toISOString(),
    versions: { quittance: version, node: process.version },
    store: 'Temporal server on PostgreSQL',
    cores: cpus().length,
    seed,
    ...size,
    payWindow,
    passed: verdicts.every((verdict) => verdict.passed),
    goals: verdicts,
  };
}
