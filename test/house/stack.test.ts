import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interpolate, readCompose, secretNames } from '../../scripts/stack/compose.js';
import { statementsOf } from '../../scripts/stack/roles.js';
import { environmentHere, handSecrets, serviceNamed } from '../../scripts/stack/surroundings.js';
import { readEnvFile } from '../../src/env-file.js';

const root = path.resolve(import.meta.dirname, '../..');
const services = readCompose(root, { NOWPAYMENTS_PAYOUT_COIN: 'usdttrc20' });
const ports = { postgres: 15432, temporal: 17233, ui: 18233 };
const passwords = {
  QUITTANCE_DB_PASSWORD: 'app',
  QUITTANCE_OWNER_PASSWORD: 'owner',
  TEMPORAL_DB_PASSWORD: "tem'poral",
};

let home: string;
beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), 'quittance-stack-'));
  mkdirSync(path.join(home, 'secrets'));
  for (const name of secretNames(root)) writeFileSync(path.join(home, 'secrets', name), `of ${name}`);
  for (const [name, value] of Object.entries(passwords)) writeFileSync(path.join(home, 'secrets', name), value);
  handSecrets(home, services);
});
afterAll(() => rmSync(home, { recursive: true }));

describe('npm run stack', () => {
  it('reads docker-compose.yml as Compose does', () => {
    const said = { A: 'a', EMPTY: '' };
    expect(interpolate('$$ ${A} ${A:-b} ${B:-b} ${EMPTY:-b} ${B}', said)).toBe('$ a a b b ');
    expect(() => interpolate('${EMPTY:?see .env.example}', said)).toThrow(
      'docker-compose.yml: EMPTY is not set: see .env.example',
    );
    const api = serviceNamed({ services }, 'api');
    expect(api.command).toEqual(['node', '--enable-source-maps', 'dist/src/api/server.js']);
    expect(api.needs).toEqual(['migrate']);
    expect(api.stopGraceMs).toBe(30_000);
    expect(() => serviceNamed({ services }, 'cache')).toThrow('docker-compose.yml has no service cache');
    expect([...services.keys()]).not.toContain('grafana'); // of a profile
  });

  it('gives our programs what .env says and the service over it, at the addresses of this machine', () => {
    const env: NodeJS.ProcessEnv = environmentHere(serviceNamed({ services }, 'worker'), { ports, home });
    expect(env).toMatchObject({
      NODE_ENV: 'production',
      NOWPAYMENTS_PAYOUT_COIN: 'usdttrc20',
      DATABASE_URL: 'postgres://quittance@127.0.0.1:15432/quittance',
      TEMPORAL_ADDRESS: '127.0.0.1:17233',
      ALLOW_PLAINTEXT_TO: '127.0.0.1:15432, 127.0.0.1:17233',
      HOST: '127.0.0.1',
    });
    readEnvFile(env, 'none');
    expect(env).toMatchObject({
      DATABASE_URL: 'postgres://quittance:app@127.0.0.1:15432/quittance',
      QUITTANCE_MASTER_KEY: 'of QUITTANCE_MASTER_KEY',
    });
    expect(Object.keys(env)).not.toContain('QUITTANCE_OWNER_PASSWORD'); // of a server, and none of its business
  });

  it('makes the roles of deploy/postgres, by its own statements', () => {
    const script = readFileSync(path.join(root, 'deploy/postgres/create-databases.sh'), 'utf8');
    const statements = statementsOf(script, environmentHere(serviceNamed({ services }, 'postgres'), { ports, home }));
    expect(statements).toContain("create role quittance_owner login password 'owner'");
    expect(statements).toContain("create role temporal login password 'tem''poral'");
    expect(statements.at(-1)).toBe('create database temporal_visibility owner temporal;');
    expect(statements.join()).not.toMatch(/\\set|:'/);
  });
});
