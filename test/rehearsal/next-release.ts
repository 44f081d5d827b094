import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleNames } from '../../src/worker/workflow-code.js';

export const firstTry = 'local(input)';
export const noFirstTry = 'durable(input)';

/**
 * The release after this one: its steps are activities from the first try on, where ours leave a marker (order-steps.ts). No
 * order that began on one of the two replays on the other, so one that is handed over shows. A timer more would not do: where
 * the history has one at that place, it is taken for the new one, and the order waits for the wrong thing.
 */
export function nextReleaseOf(image: string, home: string): string {
  const next = join(home, 'next-release');
  if (existsSync(next)) return next;
  for (const part of ['dist', 'package.json']) cpSync(join(image, part), join(next, part), { recursive: true });
  symlinkSync(join(image, 'node_modules'), join(next, 'node_modules'));
  for (const name of Object.values(bundleNames)) {
    const file = join(next, 'dist/src', name);
    const text = readFileSync(file, 'utf8');
    if (text.split(firstTry).length !== 2) throw new Error(`${name} has not exactly once: ${firstTry}`);
    writeFileSync(file, text.replace(firstTry, noFirstTry));
  }
  return next;
}
