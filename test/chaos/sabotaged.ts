import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { allSabotages, copyTree, refusalOf } from '../sabotage/patches.js';
import type { ChaosOptions } from './options.js';

const heldAgainstUs = 1; // how a run ends that found something

/** The same run on copies of the tree with a guard broken in each: one that stays green has not been watching. */
export async function runSabotaged({ sabotages, others, seed }: ChaosOptions, say: (line: string) => void) {
  let caught = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  for (const name of sabotages) {
    const sabotage = allSabotages().find((each) => each.name.startsWith(`${name}-`));
    if (sabotage === undefined) throw new Error(`no patch ${name} in test/sabotage/patches`);
    say(`broken: ${sabotage.what}`);
    const copy = copyTree();
    process.on('exit', () => copy.remove()); // also when we are told to stop
    try {
      const refusal = refusalOf(copy.path, sabotage.patch);
      if (refusal !== null) throw new Error(`${sabotage.name} does not apply: ${refusal}`);
      const args = ['--import', 'tsx', 'test/chaos/run.ts', ...others, '--seed', String(seed)];
      const run = spawn(process.execPath, args, { cwd: copy.path, stdio: 'inherit' });
      const [code] = (await once(run, 'exit')) as [number | null];
      if (code === heldAgainstUs) caught += 1;
      say(`${sabotage.name}: ${code === heldAgainstUs ? 'caught' : `not caught, ended with ${code}`}`);
    } finally {
      copy.remove();
    }
  }
  console.log(`${caught} passed, ${sabotages.length - caught} failed`);
  return caught === sabotages.length ? 0 : 1;
}
