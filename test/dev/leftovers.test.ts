import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The forgetful tests as a run of their own: each passes, and the run is expected to fail. */
async function forgetfulRun(): Promise<{ code: number | null; output: string }> {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/dev/forgetful/vitest-config.ts'];
  const { code, stdout, stderr } = await run(process.execPath, args, { cwd: root }).then(
    (ended) => ({ code: 0, ...ended }),
    (failure: unknown) => failure as { code: number | null; stdout: string; stderr: string },
  );
  return { code, output: stripVTControlCharacters(stdout + stderr) };
}

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(join('/proc', pid, 'cmdline'), 'utf8')
          .replaceAll('\0', ' ')
          .trim();
      } catch {
        return ''; // ended meanwhile
      }
    });
}

// Only Linux shows which processes belong to a run.
describe.runIf(process.platform === 'linux')('a test run', () => {
  let code: number | null;
  let output: string;

  beforeAll(async () => {
    ({ code, output } = await forgetfulRun());
  }, 180_000);

  it('fails when a test leaves a process running, and ends it', () => {
    expect(output).toMatch(/left running: \d+ sleep 271/);
    expect(code).toBe(1);
    expect(commandLines()).not.toContain('sleep 271');
  });

  it('fails when a test file leaves a worker running', () => {
    expect(output).toMatch(/FAIL.+forgets-a-worker\.ts/);
    expect(output).toContain('workers that this file left running');
    expect(output).toContain('the forgotten one');
    expect(output).not.toContain('the one that ended');
  });

  it('fails though each test passed', () => {
    expect(output).toMatch(/Tests\s+2 passed/);
  });
});
