import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

const program = fileURLToPath(new URL('../../bin/quittance.mjs', import.meta.url));
let stack: Stack;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'quittance-command-'));
  stack = await startStack();
}, 120_000);
afterAll(async () => {
  await stack?.close();
  rmSync(home, { recursive: true, force: true });
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function quittance(words: string, over: Record<string, string | undefined> = {}): Promise<Said> {
  const own = { QUITTANCE_URL: stack.apiUrl, QUITTANCE_ADMIN_KEY: stack.admin.key, QUITTANCE_HOME: home };
  const env = { ...process.env, ...stack.env, ...own, ...over };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words.split(' ')], { env }, (failure, out, err) => {
      resolve({ code: failure ? Number(failure.code) : 0, out, err });
    });
  });
}

/** What a command answers to a program. */
async function json<T>(words: string, code = 0): Promise<T> {
  const said = await quittance(`${words} --json`);
  expect(said.code, said.err).toBe(code);
  return JSON.parse(said.out) as T;
}

async function paidOrder(fraction?: number): Promise<string> {
  const { body } = await stack.live.checkout();
  const id = body.order_id as string;
  await eventually(async () => {
    const order = await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`);
    expect(order.body.payment_address).not.toBeNull();
  });
  await stack.sim('/pay', { order_id: id, ...(fraction === undefined ? {} : { fraction }) });
  const status = fraction === undefined ? 'paid' : 'partial';
  await eventually(async () => {
    expect((await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`)).body.status).toBe(status);
  });
  return id;
}

it('lists what waits for a second person, page by page', async () => {
  await stack.pool.query(`insert into operators (id, name, role, password_scrypt)
    values (gen_random_uuid(), 'proposer', 'support', 'none')`);
  await stack.pool.query(`insert into approvals (id, kind, subject, what, proposed_by, lapses_at)
    select gen_random_uuid(), 'policy', 'acc_' || n, '{}', 'operator:proposer', now() + interval '1 hour'
    from generate_series(1, 51) n`);
  const first = await json<{ approvals: object[]; next_cursor: string }>('approvals list');
  expect(first.approvals).toHaveLength(50);
  const { out } = await quittance(`approvals list --cursor ${first.next_cursor}`);
  expect((await quittance('status')).out).toMatch(/^LOOK approvals +51: 51 policy$/m);
  await stack.pool.query('delete from approvals');
  expect(out).toMatch(/^apr_\S+ {2}policy {7}acc_\d+ {2}by operator:proposer {2}until \S+\n$/);
}, 60_000);

it('reads an order, its timeline and its case, and says in the status what a person must look at', async () => {
  await eventually(async () => {
    expect(await quittance('status')).toMatchObject({ code: 0, out: expect.stringMatching(/^ok {3}cases +0$/m) });
  });
  const id = await paidOrder(0.5);
  expect(await json(`orders get ${id}`)).toMatchObject({ order_id: id, status: 'partial' });
  expect((await quittance(`orders events ${id}`)).out).toMatch(/ partial {5}/);
  expect(await json(`orders list --status partial`)).toMatchObject({ orders: [{ order_id: id }], next_cursor: null });

  const { cases } = await json<{ cases: { id: string }[] }>('cases list');
  expect(cases).toMatchObject([{ kind: 'underpaid', order_id: id }]);
  expect(await quittance('status')).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^LOOK cases +1: 1 underpaid$/m),
  });
  const decided = await quittance(`cases resolve ${cases[0]!.id} decline --reason refunded-by-hand`);
  expect(decided).toMatchObject({ code: 0, out: `${cases[0]!.id}: resolved\n` });
  const { rows } = await stack.pool.query(`select reason from audit_log where action like 'support_case%'`);
  expect(rows).toContainEqual({ reason: 'refunded-by-hand' });
}, 120_000);

it('reconciles, and waits for what came of it', async () => {
  const run = await json<{ outcome: string; examined: object }>('reconcile --dry-run');
  expect(run.outcome).toBe('finished');
  expect(Object.keys(run.examined).length).toBeGreaterThan(0);
  expect(await json('sweep --older-than-hours 1')).toMatchObject({ expired: 0, capped: false });
}, 120_000);

it('plays an IPN to a test order, and to no live one', async () => {
  const { body } = await stack.test.checkout();
  const id = body.order_id as string;
  const payment = await eventually(async () => {
    const order = await stack.test.call('GET', `/v1/billing/crypto-orders/${id}`);
    expect(order.body.payment_id).not.toBeNull();
    return order.body.payment_id as string;
  });
  const applied = await quittance(`orders apply-ipn ${id} --status confirming --payment ${payment}`);
  expect(applied).toMatchObject({ code: 0, out: expect.stringContaining(id) });
  const live = await quittance(`orders apply-ipn ${await paidOrder()} --status finished --payment 1`);
  expect(live).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^4\d\d /) });
}, 120_000);

it('checks every receipt, and names the one that was changed', async () => {
  const id = await paidOrder();
  expect(await json('receipts verify')).toMatchObject({ unsigned: 0, wrong: [] });
  expect(await json(`receipts verify ${id}`)).toEqual({ checked: 1, unsigned: 0, wrong: [] });
  expect(await json('receipts verify ord_000000000000', 1)).toMatchObject({ checked: 0 });

  const other = { QUITTANCE_MASTER_KEY: Buffer.alloc(32, 9).toString('base64') };
  const foreign = await quittance(`receipts verify ${id}`, other);
  expect(foreign).toMatchObject({ code: 1, out: expect.stringContaining(`WRONG ${id}: no key of ours signed it`) });
}, 120_000);

it('makes accounts and keys that work, and knows of no delivery that is not there', async () => {
  const { id } = await json<{ id: string }>('accounts add Bakery');
  expect((await quittance('accounts list')).out).toContain(`${id}  Bakery`);
  expect(await json(`accounts get ${id}`)).toMatchObject({ id, name: 'Bakery' });
  const made = await json<{ id: string; key: string }>(`keys add till --account ${id} --mode test --scopes read`);
  expect((await quittance(`keys list --account ${id}`)).out).toContain(made.id);
  const orders = () =>
    fetch(`${stack.apiUrl}/v1/billing/crypto-orders`, { headers: { authorization: `Bearer ${made.key}` } });
  expect((await orders()).status).toBe(200);
  expect(await json(`keys revoke ${made.id}`)).toEqual({ revoked: made.id });
  await eventually(async () => expect((await orders()).status).toBe(401));
  const missing = await quittance('replay wdl_00000000-0000-4000-8000-000000000000');
  expect(missing).toMatchObject({ code: 2, err: expect.stringMatching(/^404 /) });
}, 120_000);

it('says what is missing, wrong or away in one line, and ends with 2', async () => {
  const without = await quittance('orders list', { QUITTANCE_ADMIN_KEY: undefined });
  expect(without).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^QUITTANCE_ADMIN_KEY is not set.*\n$/),
  });
  const away = await quittance('status', { QUITTANCE_URL: 'http://127.0.0.1:9' });
  expect(away).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^http:\/\/127.0.0.1:9 does not answer.*\n$/),
  });
  expect(await quittance('frobnicate')).toMatchObject({ code: 2, err: expect.stringContaining('Unknown') });
  expect(await quittance('orders get')).toMatchObject({ code: 2, err: expect.stringContaining('Not enough') });
}, 60_000);

it('completes its words', async () => {
  const script = await quittance('completion');
  expect(script).toMatchObject({ code: 0, out: expect.stringContaining('--get-yargs-completions') });
  const words = await quittance('--get-yargs-completions quittance ord');
  expect(words.out.split('\n')).toContain('orders');
});
