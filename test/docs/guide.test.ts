import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/dev/ports.js';
import { installPackage, root, run, type InstalledPackage } from '../sdk/installed-package.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';
import { patternOf, readPage } from './page-blocks.js';

const { programs, deeds } = readPage(new URL('../../docs/guide.md', import.meta.url));

let stack: Stack;
let sdk: InstalledPackage;
let port: string; // where the page says 9000; tests share a machine
const started: ChildProcess[] = [];
let printed = '';
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  port = String(await freePort());
  [stack, sdk] = await Promise.all([
    startStack({ env: { WEBHOOK_ALLOW_TARGETS: `127.0.0.1:${port}` } }),
    installPackage(),
  ]);
  const bin = path.join(sdk.project, 'node_modules/.bin');
  symlinkSync(path.join(root, 'node_modules/.bin/tsx'), path.join(bin, 'tsx'));
  // What npx does, without the seconds that npm takes to think about it.
  writeFileSync(path.join(bin, 'npx'), '#!/bin/sh\nexec "$(dirname "$0")/$@"\n', { mode: 0o755 });
  env = { ...process.env, NO_COLOR: '1', PATH: `${bin}:${process.env.PATH}` };
  const { apiUrl: api_url, simulator, live, test, admin } = stack;
  const keys = { api_key: live.key, test_key: test.key, admin_key: admin.key };
  const devFile = { api_url, simulator_url: simulator.url, ...keys };
  mkdirSync(path.join(sdk.project, '.quittance'));
  writeFileSync(path.join(sdk.project, '.quittance/dev.json'), JSON.stringify(devFile));
  writeFileSync(path.join(sdk.project, '.shell'), '');
  for (const { name, text } of programs) writeFileSync(path.join(sdk.project, name), here(text));
}, 240_000);

afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null || !child.pid) continue;
    process.kill(-child.pid); // npx and what it runs
    await once(child, 'exit');
  }
  await stack?.close();
  await sdk?.remove();
});

const here = (text: string) => text.replaceAll('9000', port);
const shell = (script: string) => `source ./.shell\nset -eu\n${here(script)}\n{ export -p; declare -f; } > .shell\n`;

/** As in one terminal: what a block exports and declares is there for the next. */
function runInShell(script: string): Promise<{ failure: unknown; stdout: string; stderr: string }> {
  const options = { cwd: sdk.project, env, timeout: 100_000 };
  return new Promise((resolve) =>
    execFile('bash', ['-c', shell(script)], options, (failure, stdout, stderr) =>
      resolve({ failure: failure?.message ?? null, stdout, stderr }),
    ),
  );
}

/** As in another terminal, opened with what the first one has exported. */
function startInShell(script: string): void {
  const child = spawn('bash', ['-c', `source ./.shell\n${here(script)}`], { cwd: sdk.project, env, detached: true });
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  started.push(child);
}

describe('docs/guide.md, from top to bottom', () => {
  it('has programs that pass the type checker against the package', async () => {
    const files = programs.map(({ name }) => name);
    expect(files.length).toBeGreaterThan(5);
    const strict = ['--noEmit', '--strict', '--target', 'es2023', '--lib', 'es2023', '--module', 'nodenext'];
    const node = ['--types', 'node', '--typeRoots', path.join(root, 'node_modules/@types'), '--skipLibCheck'];
    const tsc = path.join(root, 'node_modules/.bin/tsc');
    expect(await run(tsc, [...strict, ...node, ...files], { cwd: sdk.project })).toMatchObject({ code: 0, stdout: '' });
  }, 120_000);

  it.each(deeds)(
    'line $line: $kind',
    async (deed) => {
      switch (deed.kind) {
        case 'run': {
          const { failure, stdout, stderr } = await runInShell(deed.script);
          expect({ failure, stderr }).toEqual({ failure: null, stderr: '' });
          expect(stdout.trimEnd()).toMatch(patternOf(deed.expected));
          break;
        }
        case 'start':
          startInShell(deed.script);
          await eventually(() => expect(printed).not.toBe(''), { timeoutMs: 60_000 });
          break;
        case 'printed':
          await eventually(() => expect(printed.trimEnd()).toMatch(patternOf(deed.expected)), { timeoutMs: 60_000 });
      }
    },
    120_000,
  );
});
