import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheDir } from '../../scripts/dev/cache.js';
import { findTemporalCli } from '../../scripts/dev/find-temporal.js';
import { findTestServer } from '../../scripts/dev/find-test-server.js';
import { findTemporalServer } from '../../scripts/dev/temporal-server/find-server.js';

// What happens when nothing is there yet. The download is refused by a proxy that is not there, so that a machine with
// and one without a network see the same.
let dir: string;
let said: string[];
let env: NodeJS.ProcessEnv;
const say = (line: string) => void said.push(line);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quittance-obtain-'));
  said = [];
  const nowhere = 'http://127.0.0.1:9';
  const proxy = { HTTPS_PROXY: nowhere, https_proxy: nowhere, ALL_PROXY: nowhere, NO_PROXY: '', no_proxy: '' };
  env = { PATH: `${join(dir, 'bin')}:/usr/bin:/bin`, XDG_CACHE_HOME: join(dir, 'cache'), HOME: dir, ...proxy };
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function program(name: string, script: string): string {
  const file = join(dir, 'bin', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Hides what this machine has installed: only what a test puts into `bin` is found. */
const bare = () => ({ ...env, PATH: join(dir, 'bin') });

describe('the Temporal CLI that is nowhere yet', () => {
  const cached = () => join(cacheDir(env), `temporal-1.8.2-${process.platform}-${arch()}`);

  it(
    'is built with Go from the pinned module when it cannot be downloaded, and only once',
    { timeout: 60_000 },
    async () => {
      const calls = join(dir, 'calls');
      program(
        'go',
        `[ "$1" = version ] && { echo 'go version go1.99.0 linux/amd64'; exit 0; }
       echo "$PWD $CGO_ENABLED $*" >> '${calls}'
       while [ "$1" != -o ]; do shift; done
       echo 'built' > "$2"`,
      );
      expect(await findTemporalCli(env, say)).toEqual({ path: cached(), version: '1.8.2' });
      expect(said.join('\n')).toMatch(/no download \(.+\), so the Temporal CLI is built from source/);
      expect(said.join('\n')).toContain('building the Temporal CLI with Go (about five minutes, once)');
      expect(await findTemporalCli(env, say)).toEqual({ path: cached(), version: '1.8.2' });
      const [call, ...more] = readFileSync(calls, 'utf8').trim().split('\n');
      expect(call).toMatch(/\/tools\/temporal 0 build .+ github\.com\/temporalio\/cli\/cmd\/temporal$/);
      expect(more).toEqual([]);
    },
  );

  it('that can be neither downloaded nor built names the three ways out, and leaves nothing half made', async () => {
    program(
      'go',
      `[ "$1" = version ] && { echo 'go version go1.99.0 linux/amd64'; exit 0; }; echo 'no such module' >&2; exit 1`,
    );
    const attempt = findTemporalCli(env, say);
    await expect(attempt).rejects.toThrow(/could not be downloaded and could not be built .*no such module/s);
    await expect(attempt).rejects.toThrow(/docs\.temporal\.io\/cli.+TEMPORAL_CLI_PATH.+TEMPORAL_ADDRESS/);
    expect(existsSync(cached())).toBe(false);
  });

  it('passes over a program on PATH that does not run, and says so', async () => {
    program('temporal', 'echo broken >&2; exit 1');
    program('go', `[ "$1" = version ] && { echo 'go version go1.99.0 linux/amd64'; exit 0; }; exit 1`);
    await expect(findTemporalCli(env, say)).rejects.toThrow('was not found');
    expect(said.join('\n')).toMatch(/bin\/temporal does not run, looking further: .*broken/s);
  });

  it('that TEMPORAL_CLI_PATH names and that is no Temporal is an error', async () => {
    const given = program('other', 'echo something else');
    await expect(findTemporalCli({ ...env, TEMPORAL_CLI_PATH: given }, say)).rejects.toThrow(
      'unexpected answer to --version: something else',
    );
  });
});

describe('the full Temporal server that is nowhere yet', () => {
  const place = () => join(cacheDir(env), `temporal-server-1.31.2-${process.platform}-${arch()}`);

  it('is built with its schema tool from the same pinned module, and only once', { timeout: 60_000 }, async () => {
    const calls = join(dir, 'calls');
    program(
      'go',
      `[ "$1" = version ] && { echo 'go version go1.99.0 linux/amd64'; exit 0; }
       echo "$PWD $CGO_ENABLED $*" >> '${calls}'
       while [ "$1" != -o ]; do shift; done
       echo 'built' > "$2"`,
    );
    const found = {
      server: join(place(), 'temporal-server'),
      sqlTool: join(place(), 'temporal-sql-tool'),
      version: '1.31.2',
    };
    expect(await findTemporalServer(env, say)).toEqual(found);
    expect(said.join('\n')).toContain('building the full Temporal server with Go (about five minutes, once)');
    expect(await findTemporalServer(env, say)).toEqual(found);
    expect([found.server, found.sqlTool].map((file) => existsSync(file))).toEqual([true, true]);
    const [server, sqlTool, ...more] = readFileSync(calls, 'utf8').trim().split('\n');
    expect(server).toMatch(/\/tools\/temporal 0 build .+ go\.temporal\.io\/server\/cmd\/server$/);
    expect(sqlTool).toMatch(/\/tools\/temporal 0 build .+ go\.temporal\.io\/server\/cmd\/tools\/sql$/);
    expect(more).toEqual([]);
  });

  it('that cannot be built says why and what it needs, and leaves nothing half made', async () => {
    program(
      'go',
      `[ "$1" = version ] && { echo 'go version go1.99.0 linux/amd64'; exit 0; }; echo 'no such module' >&2; exit 1`,
    );
    await expect(findTemporalServer(env, say)).rejects.toThrow(/could not be built .*no such module.*GOPROXY/s);
    expect(existsSync(place())).toBe(false);
  });

  it('has the version that the pinned module and the production stack have', () => {
    const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    expect(/go\.temporal\.io\/server v(\S+)/.exec(read('tools/temporal/go.mod'))?.[1]).toBe('1.31.2');
    expect(/temporalio\/server:(\S+)/.exec(read('docker-compose.yml'))?.[1]).toBe('1.31.2');
  });
});

describe('the module that both are built from', () => {
  // A machine that has built them before has the hashes in its cache, and would not notice.
  it('has the hash of every module that it names, so that an empty cache can be filled', () => {
    const read = (file: string) => readFileSync(new URL(`../../tools/temporal/${file}`, import.meta.url), 'utf8');
    const [mod, sum] = [read('go.mod'), read('go.sum')];
    const replaced = [...mod.matchAll(/^replace (\S+) => (\S+) (v\S+)$/gm)];
    const named = [...mod.matchAll(/^\t(\S+) (v\S+)/gm)].map(([, path, version]) => `${path} ${version}`);
    const wanted = [
      ...named.filter((one) => !replaced.some(([, path]) => one.startsWith(`${path} `))),
      ...replaced.map(([, , path, version]) => `${path} ${version}`),
    ];
    expect(wanted.length).toBeGreaterThan(100);
    expect(wanted.filter((one) => !sum.includes(`${one} h1:`))).toEqual([]);
  });
});

describe('the test server that is nowhere yet', () => {
  it('comes from Maven when it cannot be downloaded, and only once', async () => {
    const calls = join(dir, 'calls');
    program('java', 'exit 0');
    program(
      'mvn',
      `echo "$*" >> '${calls}'
       for word in "$@"; do case "$word" in -DoutputDirectory=*) mkdir -p "\${word#*=}";; esac; done`,
    );
    const place = join(cacheDir(env), 'temporal-test-server-java-1.38.0');
    expect(await findTestServer(env, say)).toBe(join(place, 'run.sh'));
    expect(await findTestServer(env, say)).toBe(join(place, 'run.sh'));
    expect(existsSync(join(place, 'lib'))).toBe(true);
    expect(readFileSync(join(place, 'run.sh'), 'utf8')).toContain('exec java ');
    expect(readFileSync(calls, 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('says what is missing when there is no Maven either', async () => {
    await expect(findTestServer(bare(), say)).rejects.toThrow(
      /needs `mvn` and `java` on PATH.+TEMPORAL_TEST_SERVER_PATH/,
    );
  });

  it('that TEMPORAL_TEST_SERVER_PATH names wrongly is an error, not a reason to look further', async () => {
    const given = { ...env, TEMPORAL_TEST_SERVER_PATH: join(dir, 'nowhere') };
    await expect(findTestServer(given, say)).rejects.toThrow(/TEMPORAL_TEST_SERVER_PATH=.+ is not an executable file/);
  });
});
