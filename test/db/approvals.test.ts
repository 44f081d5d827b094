import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveApiKey, insertApiKey } from '../../src/db/accounts/api-keys.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { resealAll, sealingKeyIds } from '../../src/db/secrets/reseal.js';
import { masterKey } from '../../src/db/secrets/seal.js';
import { decideApproval, findApproval, propose, secretsIn, type Proposal } from '../../src/db/support/approvals.js';
import { insertOperator, setDisabled } from '../../src/db/support/operators.js';
import type { Mode } from '../../src/domain/ids.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

// What no program may do, whatever it asks for: the database says no by itself.
const keyring = { current: masterKey(randomBytes(32)), previous: [] };
let database: TestDatabase;
let pool: Pool;
const person: Record<string, string> = {};

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, max: 4, applicationName: 'test', onError: () => {} });
  person['mira'] = (await insertOperator(pool, { name: 'mira', role: 'admin', passwordScrypt: 'none' })).id;
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

interface Wanted {
  readonly operator?: string | null;
  readonly scopes?: readonly string[];
  readonly mode?: Mode;
  readonly id?: string;
  readonly approvalId?: string;
}

async function aKey({ operator = null, scopes = ['driftstack_internal_admin'], mode = 'live', ...over }: Wanted = {}) {
  const prefix = randomBytes(8).toString('hex');
  const given = { id: randomUUID(), accountId: null, mode, prefix, sha256: randomBytes(32), scopes, name: 'test' };
  const { id } = await insertApiKey(pool, { ...given, expiresAt: null, operator, ...over });
  return `key_${id}`;
}

async function aProposal(actor: string, over: Partial<Proposal> = {}) {
  const subject = `acc_${randomUUID()}`;
  const fields = { kind: 'credentials', subject, accountId: null, orderId: null, what: {}, reason: null } as const;
  const row = await propose(pool, keyring, { ...fields, actor, ...over });
  return row!.id;
}

const decide = (id: string, actor: string) => decideApproval(pool, id, { outcome: 'approved', actor, reason: null });

describe('nobody approves what he proposed', () => {
  let [miras, mirasOther, jans, nobodys]: string[] = [];
  beforeAll(async () => {
    [miras, mirasOther, nobodys] = [await aKey({ operator: 'mira' }), await aKey({ operator: 'mira' }), await aKey()];
    person['jan'] = (await insertOperator(pool, { name: 'jan', role: 'support', passwordScrypt: 'none' })).id;
    jans = await aKey({ operator: 'jan' });
  });

  it('not by his name, not by the same key, not by another key of his', async () => {
    for (const proposer of ['operator:mira', miras!]) {
      for (const decider of ['operator:mira', miras!, mirasOther!]) {
        const id = await aProposal(proposer);
        await expect(decide(id, decider), `${proposer} ${decider}`).rejects.toThrow('approvals_two_persons');
        expect(await findApproval(pool, id)).toMatchObject({ outcome: null });
      }
    }
    for (const decider of ['operator:jan', jans!]) {
      expect(await decide(await aProposal(miras!), decider)).toMatchObject({ outcome: 'approved', decidedBy: decider });
    }
  });

  it('and a key of nobody is no person at all, on either side', async () => {
    for (const actor of [nobodys!, 'cli:root', 'operator:unknown', `key_${randomUUID()}`]) {
      await expect(aProposal(actor), actor).rejects.toThrow('proposer');
      await expect(decide(await aProposal('operator:mira'), actor), actor).rejects.toThrow('check constraint');
    }
  });

  it('not by saying in the statement that it was another', async () => {
    const id = await aProposal('operator:mira');
    const forged = `update approvals set outcome = 'approved', decided_at = now(), decided_by = 'operator:mira', decider = $2 where id = $1`;
    await expect(pool.query(forged, [id, person['jan']])).rejects.toThrow('approvals_two_persons');
    for (const change of [
      `proposed_by = 'operator:jan'`,
      `what = '{"more": 1}'`,
      `lapses_at = now() + interval '1 year'`,
    ]) {
      await expect(pool.query(`update approvals set ${change} where id = $1`, [id])).rejects.toThrow('was proposed');
    }
  });

  it('not by giving a key away afterwards, nor by taking another name', async () => {
    expect(await giveApiKey(pool, miras!.slice(4), person['jan']!)).toBe(0);
    const taken = pool.query('update api_keys set operator_id = $2 where id = $1', [miras!.slice(4), person['jan']]);
    await expect(taken).rejects.toThrow('whose it is');
    await expect(pool.query(`update operators set name = 'mara' where name = 'mira'`)).rejects.toThrow(
      'keeps his name',
    );
  });

  it('and what is decided, or has lapsed, stays so', async () => {
    const id = await aProposal('operator:mira');
    await decideApproval(pool, id, { outcome: 'declined', actor: 'operator:mira', reason: null });
    expect(await decide(id, 'operator:jan')).toBeNull();
    await expect(pool.query(`update approvals set outcome = null where id = $1`, [id])).rejects.toThrow('is decided');
  });
});

describe('a key of operators', () => {
  it('is made by one while there is one admin, then by two', async () => {
    await aKey({ scopes: ['operator:read'] });
    await pool.query(`update operators set role = 'admin' where name = 'jan'`);
    for (const scopes of [['driftstack_internal_admin'], ['operator:read'], ['operator:keys', 'write']]) {
      await expect(aKey({ scopes })).rejects.toThrow('takes two persons');
    }
    await aKey({ mode: 'test' }); // reaches nothing live
    await setDisabled(pool, person['jan']!, true);
    await aKey();
    await setDisabled(pool, person['jan']!, false);
  });

  it('is the one that was approved, once', async () => {
    const id = randomUUID();
    const scopes = ['operator:read'];
    const fields = { kind: 'admin_key', subject: `key_${id}`, what: { scopes } } as const;
    const approvalId = await aProposal('operator:mira', fields);
    await expect(aKey({ id, scopes, approvalId })).rejects.toThrow('nobody approved');
    await decide(approvalId, 'operator:jan');
    await expect(aKey({ id, scopes: ['driftstack_internal_admin'], approvalId })).rejects.toThrow('nobody approved');
    await expect(aKey({ scopes, approvalId })).rejects.toThrow('nobody approved');
    expect(await aKey({ id, scopes, approvalId })).toBe(`key_${id}`);
  });

  it('stays what it is', async () => {
    for (const change of [
      `scopes = '{driftstack_internal_admin}'`,
      `mode = 'test'`,
      `sha256 = '\\x${'00'.repeat(32)}'`,
    ]) {
      await expect(pool.query(`update api_keys set ${change} where scopes = '{operator:read}'`)).rejects.toThrow(
        'a key stays what it is',
      );
    }
    await pool.query(`update api_keys set revoked_at = now() where scopes = '{operator:read}'`);
    await expect(pool.query('update api_keys set revoked_at = null')).rejects.toThrow('a key stays what it is');
  });
});

it('the resolution of a case names two persons, if it names two at all', async () => {
  const { rows } = await pool.query(
    `insert into support_cases (id, mode, kind, opened_at, deadline_at)
     values (gen_random_uuid(), 'live', 'orphan_payment', now(), now()) returning id`,
  );
  const resolve = (approvedBy: string | null) =>
    pool.query(`update support_cases set status = 'resolved', resolved_at = now(), resolution = $2 where id = $1`, [
      rows[0].id,
      { action: 'honour', reason: 'x', actor: 'operator:mira', approved_by: approvedBy, at: '2026-11-29T00:00:00Z' },
    ]);
  for (const same of ['operator:mira', 'cli:root']) await expect(resolve(same)).rejects.toThrow('whoever proposed it');
  await resolve('operator:jan');
});

it('the secrets of a proposal are sealed, sealed again with a new key, and gone when it is decided', async () => {
  const secrets = { apiKey: 'a-key-of-somebody' };
  const id = await aProposal('operator:mira', { secrets });
  const next = { current: masterKey(randomBytes(32)), previous: [keyring.current] };
  expect(await sealingKeyIds(pool)).toContain(keyring.current.id);
  expect(await resealAll(pool, next)).toBe(1);
  expect(await sealingKeyIds(pool)).toEqual([next.current.id]);
  const kept = (await findApproval(pool, id))!;
  expect(secretsIn({ current: next.current, previous: [] }, kept)).toEqual(secrets);
  expect(JSON.stringify(kept)).not.toContain('a-key-of-somebody');
  expect(await decide(id, 'operator:jan')).toMatchObject({ sealed: null });
});
