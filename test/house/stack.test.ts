import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { interpolate, readCompose } from '../../scripts/stack/compose.js';
import { statementsOf } from '../../scripts/stack/roles.js';
import { environmentHere, serviceNamed } from '../../scripts/stack/surroundings.js';

const root = path.resolve(import.meta.dirname, '../..');
const passwords = {
  POSTGRES_PASSWORD: 'super',
  QUITTANCE_DB_PASSWORD: 'app',
  QUITTANCE_OWNER_PASSWORD: 'owner',
  TEMPORAL_DB_PASSWORD: "tem'poral",
};
const services = readCompose(root, { ...passwords, NOWPAYMENTS_API_KEY: 'key' });
const ports = { postgres: 15432, temporal: 17233, ui: 18233 };

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
    expect(() => readCompose(root, {})).toThrow(/POSTGRES_PASSWORD is not set/);
  });

  it('gives our programs what .env says and the service over it, at the addresses of this machine', () => {
    const env = environmentHere(serviceNamed({ services }, 'worker'), { ports });
    expect(env).toMatchObject({
      NODE_ENV: 'production',
      NOWPAYMENTS_API_KEY: 'key',
      DATABASE_URL: 'postgres://quittance:app@127.0.0.1:15432/quittance',
      TEMPORAL_ADDRESS: '127.0.0.1:17233',
      ALLOW_PLAINTEXT_TO: '127.0.0.1:15432, 127.0.0.1:17233',
      HOST: '127.0.0.1',
      POSTGRES_PASSWORD: '', // of a server, and none of its business
    });
  });

  it('makes the roles of deploy/postgres, by its own statements', () => {
    const script = readFileSync(path.join(root, 'deploy/postgres/create-databases.sh'), 'utf8');
    const statements = statementsOf(script, passwords);
    expect(statements).toContain("create role quittance_owner login password 'owner'");
    expect(statements).toContain("create role temporal login password 'tem''poral'");
    expect(statements.at(-1)).toBe('create database temporal_visibility owner temporal;');
    expect(statements.join()).not.toMatch(/\\getenv|:'/);
  });
});
