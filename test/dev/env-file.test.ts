import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvFile } from '../../src/env-file.js';

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').replace(/^#(?=[A-Z_]+=)/gm, '');

describe('.env', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'quittance-env-'));
    file = join(folder, '.env');
    writeFileSync(file, example);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read in production, and what the environment says wins', () => {
    const env: NodeJS.ProcessEnv = { NODE_ENV: 'production', LATE_WATCH: '9 days' };
    readEnvFile(env, file);
    expect(env).toMatchObject({ PARTIAL_WINDOW: '7 days', LATE_WATCH: '9 days' });
  });

  it('is left alone in development, and need not be there', () => {
    const env: NodeJS.ProcessEnv = { NODE_ENV: 'development' };
    readEnvFile(env, file);
    expect(env).toEqual({ NODE_ENV: 'development' });
    readEnvFile({ NODE_ENV: 'production' }, join(folder, 'none'));
  });

  it('says the same to a shell that sources it', () => {
    const script = 'set -eua; . "$1"; exec "$2" -e "console.log(JSON.stringify(process.env))"';
    const said = execFileSync('sh', ['-c', script, 'sh', file, process.execPath], { env: {}, encoding: 'utf8' });
    expect(JSON.parse(said)).toMatchObject(parseEnv(example));
  });

  it.each(['src/api/server.ts', 'src/worker/main.ts'])('is read first by %s', (program) => {
    const text = readFileSync(new URL(`../../${program}`, import.meta.url), 'utf8');
    const readAt = text.indexOf('readEnvFile(process.env);');
    expect(readAt).toBeGreaterThan(0);
    expect(text.slice(0, readAt).match(/= (?:loadConfig\()?process\.env/g)).toBeNull();
  });
});
