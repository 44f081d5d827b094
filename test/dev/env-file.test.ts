import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseEndpoint } from '../../src/db/endpoint.js';
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
  const secretsOf = (files: Readonly<Record<string, string>>) => {
    const secrets = mkdtempSync(join(folder, 'secrets-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(secrets, name), text);
    return secrets;
  };
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

  it('is joined by the files of SECRETS_DIR, each called like its setting', () => {
    const secrets = secretsOf({ QUITTANCE_MASTER_KEY: 'drawn\n', TEMPORAL_API_KEY: '', '..data': 'of Kubernetes' });
    const env: NodeJS.ProcessEnv = { SECRETS_DIR: secrets, QUITTANCE_MASTER_KEY: '' };
    readEnvFile(env, file);
    readEnvFile(env, file); // twice is harmless
    expect(env).toEqual({ SECRETS_DIR: secrets, QUITTANCE_MASTER_KEY: 'drawn' }); // an empty key is none to Temporal's SDK either
  });

  it('refuses a secret that is said twice, and a folder or a file that it cannot read', () => {
    const secrets = secretsOf({ NOWPAYMENTS_API_KEY: 'one' });
    expect(() => readEnvFile({ SECRETS_DIR: secrets, NOWPAYMENTS_API_KEY: 'other' })).toThrow(
      `NOWPAYMENTS_API_KEY stands in the environment and, otherwise, in SECRETS_DIR (${secrets}): take one away`,
    );
    expect(() => readEnvFile({ SECRETS_DIR: join(folder, 'none') })).toThrow(/^SECRETS_DIR cannot be read: ENOENT/);
    mkdirSync(join(secrets, 'A_FOLDER'));
    expect(() => readEnvFile({ SECRETS_DIR: secrets })).toThrow(
      /^a secret cannot be read: EISDIR.*must be readable for/,
    );
  });

  it('joins the password of the database to its address', () => {
    const withPassword = (url: string, password: string) => {
      const env: NodeJS.ProcessEnv = { SECRETS_DIR: secretsOf({ DATABASE_PASSWORD: password }), DATABASE_URL: url };
      readEnvFile(env);
      readEnvFile(env);
      return env.DATABASE_URL ?? '';
    };
    const joined = withPassword('postgres://quittance@db:5432/quittance?sslmode=verify-full', 'a/b %41@:#');
    expect(databaseEndpoint(joined)).toMatchObject({ host: 'db', password: 'a/b %41@:#' });
    expect(joined).toMatch(/^postgres:\/\/quittance:.*@db:5432\/quittance\?sslmode=verify-full$/);
    expect(() => withPassword('postgres://quittance:other@db/quittance', 'word')).toThrow(/name different passwords/);
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
