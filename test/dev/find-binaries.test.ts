import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheDir, installOnce } from '../../scripts/dev/cache.js';
import { findTemporalCli } from '../../scripts/dev/find-temporal.js';
import { findTestServer } from '../../scripts/dev/find-test-server.js';
import { isOlder } from '../../scripts/dev/go-toolchain.js';

let dir: string;
let said: string[];
const say = (line: string) => void said.push(line);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quittance-find-'));
  said = [];
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function fakeCli(file: string, version: string): string {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "temporal version ${version} (Server 1.31.2, UI 2.50.1)"\n`);
  chmodSync(file, 0o755);
  return file;
}

function cached(): string {
  return fakeCli(join(cacheDir({ XDG_CACHE_HOME: dir }), `temporal-1.8.2-${process.platform}-${arch()}`), '1.8.2');
}

const path = () => ['bin', '/usr/bin', '/bin'].map((part) => (part === 'bin' ? join(dir, part) : part)).join(':');

describe('the Temporal CLI', () => {
  it('is the one that TEMPORAL_CLI_PATH names, before any other', async () => {
    const given = fakeCli(join(dir, 'given'), '1.7.0');
    fakeCli(join(dir, 'bin', 'temporal'), '1.6.0');
    const env = { TEMPORAL_CLI_PATH: given, PATH: path(), XDG_CACHE_HOME: dir };
    expect(await findTemporalCli(env, say)).toEqual({ path: given, version: '1.7.0' });
  });

  it('is the one on PATH, before the cached one', async () => {
    const onPath = fakeCli(join(dir, 'bin', 'temporal'), '1.6.0');
    cached();
    expect(await findTemporalCli({ PATH: path(), XDG_CACHE_HOME: dir }, say)).toEqual({
      path: onPath,
      version: '1.6.0',
    });
  });

  it('is the cached one when the one on PATH is too old for update-with-start', async () => {
    fakeCli(join(dir, 'bin', 'temporal'), '1.3.1');
    const newer = cached();
    const env = { PATH: path(), XDG_CACHE_HOME: dir };
    expect(await findTemporalCli(env, say)).toEqual({ path: newer, version: '1.8.2' });
    expect(said.join()).toContain('is version 1.3.1, Quittance needs 1.4.0 or newer');
  });

  it('that TEMPORAL_CLI_PATH names wrongly is an error, not a reason to look further', async () => {
    cached();
    const env = { TEMPORAL_CLI_PATH: join(dir, 'nowhere'), PATH: path(), XDG_CACHE_HOME: dir };
    await expect(findTemporalCli(env, say)).rejects.toThrow(/TEMPORAL_CLI_PATH=.+ is not an executable file/);
  });
});

describe('the time-skipping test server', () => {
  it('is the one that TEMPORAL_TEST_SERVER_PATH names, else the cached one', async () => {
    const given = fakeCli(join(dir, 'given'), '1.0.0');
    const fromMaven = join(cacheDir({ XDG_CACHE_HOME: dir }), 'temporal-test-server-java-1.38.0');
    mkdirSync(fromMaven, { recursive: true });
    expect(await findTestServer({ TEMPORAL_TEST_SERVER_PATH: given, XDG_CACHE_HOME: dir }, say)).toBe(given);
    expect(await findTestServer({ XDG_CACHE_HOME: dir }, say)).toBe(join(fromMaven, 'run.sh'));
  });
});

describe('the cache', () => {
  it('makes a thing once, however many start together', async () => {
    let made = 0;
    const make = async (workDir: string) => {
      made += 1;
      writeFileSync(join(workDir, 'thing'), 'made');
      return join(workDir, 'thing');
    };
    const wanted = { dir, name: 'thing', say };
    const places = await Promise.all([installOnce(wanted, make), installOnce(wanted, make), installOnce(wanted, make)]);
    expect(new Set(places)).toEqual(new Set([join(dir, 'thing')]));
    expect(made).toBe(1);
  });

  it('keeps nothing of an attempt that failed, and takes over from a maker that was killed', async () => {
    const wanted = { dir, name: 'thing', say };
    await expect(installOnce(wanted, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
    expect(readdirSync(dir)).toEqual([]);
    writeFileSync(join(dir, 'thing.lock'), '999999999');
    await installOnce(wanted, async (workDir) => {
      writeFileSync(join(workDir, 'thing'), '');
      return join(workDir, 'thing');
    });
    expect(existsSync(join(dir, 'thing.lock'))).toBe(false);
  });
});

it.each([
  ['1.19.8', '1.26.4', true],
  ['1.26.4', '1.26.4', false],
  ['1.26', '1.26.4', true],
  ['1.27', '1.26.4', false],
  ['2.0.0', '1.26.4', false],
])('version %s is older than %s: %s', (version, than, older) => {
  expect(isOlder(version, than)).toBe(older);
});
