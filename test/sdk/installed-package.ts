import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a program to its end, whatever its exit code. */
export function run(file: string, args: readonly string[], { cwd = root, env = {}, input }: RunOptions = {}) {
  return new Promise<Outcome>((resolve, reject) => {
    const child = execFile(
      file,
      args,
      { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(error);
        else resolve({ code: child.exitCode, stdout, stderr });
      },
    );
    child.stdin?.end(input);
  });
}

export interface InstalledPackage {
  readonly tarball: string;
  /** An empty project into which the tarball was installed without a network. */
  readonly project: string;
  /** Its examples run as they would in a merchant's project. */
  start(example: string, env: Readonly<Record<string, string>>): ReturnType<typeof spawn>;
  runExample(example: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome>;
  remove(): Promise<void>;
}

const tsx = path.join(root, 'node_modules/tsx/dist/loader.mjs');

export async function installPackage(): Promise<InstalledPackage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'quittance-sdk-'));
  const project = path.join(folder, 'project');
  const tarball = await packed(folder);
  await mkdir(project);
  await writeFile(path.join(project, 'package.json'), '{ "name": "merchant", "private": true, "type": "module" }\n');
  const installed = await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: project });
  if (installed.code !== 0) throw new Error(`npm install failed: ${installed.stderr}`);
  await cp(path.join(root, 'sdk/examples'), path.join(project, 'examples'), { recursive: true });
  await rm(path.join(project, 'examples/tsconfig.json')); // it points at the sources; here the package counts
  const argsOf = (example: string) => ['--import', tsx, path.join(project, 'examples', example)];
  return {
    tarball,
    project,
    start: (example, env) =>
      spawn(process.execPath, argsOf(example), { cwd: project, env: { ...process.env, NO_COLOR: '1', ...env } }),
    runExample: (example, args, env) => run(process.execPath, [...argsOf(example), ...args], { cwd: project, env }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The tarball of this very source: packed once, then taken from the cache by every test file that installs it. */
async function packed(folder: string): Promise<string> {
  const kept = path.join(root, 'node_modules/.cache/quittance-sdk', `${await hashOfSource()}.tgz`);
  if (existsSync(kept)) return kept;
  // Built from a copy: test files run side by side, and each build empties dist.
  const source = path.join(folder, 'sdk');
  await cp(path.join(root, 'sdk'), source, {
    recursive: true,
    filter: (from) => !/sdk\/(?:dist|node_modules)$/.test(from),
  });
  await symlink(path.join(root, 'node_modules'), path.join(source, 'node_modules'));
  const outcome = await run('npm', ['pack', '--json', '--silent', '--pack-destination', folder], { cwd: source });
  const name = /"filename":\s*"([^"]+)"/.exec(outcome.stdout)?.[1];
  if (!name) throw new Error(`npm pack failed: ${outcome.stdout}${outcome.stderr}`);
  await mkdir(path.dirname(kept), { recursive: true });
  const draft = `${kept}.${process.pid}`;
  await cp(path.join(folder, name), draft);
  await rename(draft, kept); // whole or not at all
  return kept;
}

async function hashOfSource(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  const files = await readdir(path.join(root, 'sdk'), { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
  for (const file of [...paths.filter((name) => !/sdk\/(?:dist|node_modules)\//.test(name)).sort(), lock]) {
    hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 32);
}

const lock = path.join(root, 'package-lock.json'); // another compiler builds other files
