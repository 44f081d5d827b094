import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { environment, providerEnvironment } from '../../src/config-schema.js';
import { loadConfig } from '../../src/config.js';

const root = path.resolve(import.meta.dirname, '../..');

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly optional: boolean;
  readonly comment: string;
}

/** The variables of an env file, also those that are commented out, each with the line above it. */
function variablesOf(text: string): Variable[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [, mark, name, value] = /^(#?)([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const comment = /^# (.+)$/.exec(lines[index - 1] ?? '')?.[1] ?? '';
    return [{ name, value: value!.replace(/^'(.*)'$/, '$1'), optional: mark === '#', comment }];
  });
}

const example = variablesOf(readFileSync(path.join(root, '.env.example'), 'utf8'));
const compose = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');

// Read by others: the SDK of Temporal, and docker-compose.yml for the servers it starts.
const ofFiles = ['SECRETS_DIR', 'DATABASE_PASSWORD']; // src/env-file.ts
const ofTheSdk = [
  ...['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY', 'TEMPORAL_TLS', 'TEMPORAL_TLS_SERVER_CA_CERT_PATH'],
  ...['TEMPORAL_TLS_SERVER_NAME', 'TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'],
];
const ofCompose = [...compose.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name!);
const ours = [
  ...Object.keys(environment.shape),
  ...Object.keys(providerEnvironment.shape).map((name) => `NOWPAYMENTS_${name}`),
  ...Object.keys(providerEnvironment.shape).map((name) => `NOWPAYMENTS_SANDBOX_${name}`),
];

describe('.env.example', () => {
  it('names every variable once, and none that nobody reads', () => {
    const names = example.map(({ name }) => name);
    expect(names.toSorted()).toEqual([...new Set([...ours, ...ofFiles, ...ofTheSdk, ...ofCompose])].sort());
  });

  it('is read by a shell as it stands, also without the marks before what is optional', () => {
    const text = readFileSync(path.join(root, '.env.example'), 'utf8').replace(/^#(?=[A-Z][A-Z0-9_]*=)/gm, '');
    const script = `set -eua\n${text}\nprintf "%s" "$PARTIAL_WINDOW"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe('7 days');
  });

  it('says above each what it is', () => {
    expect(example.filter(({ comment }) => comment === '').map(({ name }) => name)).toEqual([]);
  });

  it('shows the defaults', () => {
    const names = ['API_KEY', 'IPN_SECRET'].flatMap((name) => [`NOWPAYMENTS_${name}`, `NOWPAYMENTS_SANDBOX_${name}`]);
    const pairs = Object.fromEntries(names.map((name) => [name, `drawn-for-${name}`]));
    const database = 'postgres://quittance@127.0.0.1/quittance';
    const places = { DATABASE_URL: database, PUBLIC_URL: 'https://pay.example.com' };
    const required = { ...pairs, ...places, QUITTANCE_MASTER_KEY: randomBytes(32).toString('base64') };
    const shown = Object.fromEntries(
      example.filter(({ optional }) => optional).map(({ name, value }) => [name, value]),
    );
    // A live key makes either of them production, whatever NODE_ENV says.
    expect(loadConfig({ ...shown, ...required })).toEqual(loadConfig(required));
  });

  it('leaves open what must be set, secrets above all', () => {
    const open = example.filter(({ optional }) => !optional);
    expect(open.filter(({ value }) => value !== '')).toEqual([]);
    expect(open.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['QUITTANCE_MASTER_KEY', 'NOWPAYMENTS_API_KEY', 'NOWPAYMENTS_IPN_SECRET', 'DATABASE_URL']),
    );
  });
});
