import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stack.js';

/** Ours is measured as production runs it: the output of `npm run build`, made anew when a source is newer. */
export function build(say: (line: string) => void): void {
  const made = join(root, 'dist/src/workflow-bundle.js'); // the last that the build writes
  if (existsSync(made) && newest(join(root, 'src')) < statSync(made).mtimeMs) return;
  say('npm run build');
  execFileSync('npm', ['run', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

function newest(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(join(folder, file)).mtimeMs));
}
