import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, testApp } from '../support/test-app.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
let api: TestApp;

beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api?.close());

async function adminKey(...args: string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: api.deps.pool.options.connectionString };
  return (await run(process.execPath, ['--import', 'tsx', 'scripts/quittance.ts', 'keys', ...args], { cwd: root, env }))
    .stdout;
}

describe('quittance keys', () => {
  it('makes a key that opens the admin API until it is revoked, each with its line in the audit log', async () => {
    const [, id, key] = /^id: (key_\S+)\nkey: (ds_live_\S+) /.exec(await adminKey('add', 'night shift')) ?? [];
    const list = () => api.call(key!, 'GET', '/v1/admin/webhook-dlq');
    expect((await list()).statusCode).toBe(200);
    expect(await adminKey('revoke', id!)).toBe(`revoked ${id}\n`);
    expect((await list()).statusCode).toBe(401);

    const { rows } = await api.deps.pool.query('select action, subject, actor from audit_log order by seq');
    const actor = expect.stringMatching(/^cli:./) as string;
    expect(rows).toEqual([
      { action: 'api_key.created', subject: id, actor },
      { action: 'api_key.revoked', subject: id, actor },
    ]);
    const kept = await api.deps.pool.query('select k.*, a.* from api_keys k, audit_log a');
    expect(JSON.stringify(kept.rows)).not.toContain(key);
  });

  it('makes one with single rights, and knows no others', async () => {
    const [, key] = /\nkey: (ds_live_\S+) /.exec(await adminKey('add', 'reader', '--rights', 'read, operations')) ?? [];
    expect((await api.call(key!, 'GET', '/v1/admin/webhook-dlq')).statusCode).toBe(200);
    const refused = await api.call(key!, 'POST', '/v1/admin/accounts', { body: { name: 'another' } });
    expect(refused.json()).toMatchObject({ status: 403, detail: expect.stringContaining('operator:accounts') });
    await expect(adminKey('add', 'all', '--rights', 'everything')).rejects.toThrow(
      '--rights takes read, support, accounts, keys, credentials, policies, operations, not "everything"',
    );
  });

  it('makes one that ends by itself', async () => {
    const said = await adminKey('add', 'for a week', '--expires', '7 days');
    const [, id, expires] = /^id: (key_\S+)\n[^]*\nexpires: (\S+)\n$/.exec(said) ?? [];
    const { rows } = await api.deps.pool.query('select expires_at from api_keys where name = $1', ['for a week']);
    expect(rows).toEqual([{ expires_at: expires }]);
    const line = await api.deps.pool.query('select after from audit_log where subject = $1', [id]);
    expect(line.rows[0].after).toMatchObject({ expires_at: expires });
    await expect(adminKey('add', 'for ever', '--expires', '30')).rejects.toThrow('--expires takes hours or days');
  });

  it('revokes nothing twice, and nothing that is no key', async () => {
    await expect(adminKey('revoke', 'key_00000000-0000-4000-8000-000000000000')).rejects.toThrow(
      /no key .+ is in force/,
    );
    await expect(adminKey('revoke', 'night shift')).rejects.toThrow('no key night shift is in force');
    await expect(adminKey()).rejects.toThrow('npx quittance keys add <name>');
  });
});
