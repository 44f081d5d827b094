import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const folder = join(import.meta.dirname, 'patches');

/** One guard, broken: what is broken, the patch that does it, and the smallest test that must turn red. */
export interface Sabotage {
  readonly name: string;
  readonly what: string;
  readonly project: string;
  readonly test: string;
  readonly testName: string | null; // of the test within its file; null: any
  readonly patch: string;
}

export function allSabotages(): Sabotage[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => {
      const patch = join(folder, file);
      const header = readFileSync(patch, 'utf8').split('\n\n', 1)[0] ?? '';
      const line = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(header)?.[1] ?? null;
      const [project, test] = line('Test')?.split(' ') ?? [];
      const what = line('What');
      if (!what || !project || !test) throw new Error(`${file} does not say what it breaks and which test notices`);
      return { name: file.replace('.patch', ''), what, project, test, testName: line('Name'), patch };
    });
}

export interface Copy {
  readonly path: string;
  remove(): void;
}

/** The tree as it is now, tracked or not, beside the packages that are installed here. Nothing is broken in place. */
export function copyTree(): Copy {
  const path = mkdtempSync(join(tmpdir(), 'quittance-sabotage-'));
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    cpSync(join(root, file), join(path, file));
  }
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What `git apply` says against it; null: it applies. */
export function refusalOf(tree: string, patch: string, ...options: string[]): string | null {
  const { status, stderr } = spawnSync('git', ['apply', ...options, patch], { cwd: tree, encoding: 'utf8' });
  return status === 0 ? null : stderr.trim();
}
