import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleNames } from '../../src/worker/workflow-code.js';

export const begins = 'opening.begin(start.expiresAt);';
export const oneMoreTimer = `${begins} await new Promise((due) => setTimeout(due, 1));`;

/**
 * The release after this one: an order waits a moment more as it begins. `test/replay/replay.test.ts` shows that a history of
 * this release does not replay there, so an order that is handed from one to the other shows.
 */
export function nextReleaseOf(image: string, home: string): string {
  const next = join(home, 'next-release');
  if (existsSync(next)) return next;
  for (const part of ['dist', 'package.json']) cpSync(join(image, part), join(next, part), { recursive: true });
  symlinkSync(join(image, 'node_modules'), join(next, 'node_modules'));
  for (const name of Object.values(bundleNames)) {
    const file = join(next, 'dist/src', name);
    const text = readFileSync(file, 'utf8');
    if (text.split(begins).length !== 2) throw new Error(`${name} has not exactly once: ${begins}`);
    writeFileSync(file, text.replace(begins, oneMoreTimer));
  }
  return next;
}
