import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { openStage, type Stage } from './stage.js';

let home: string;
let stage: Stage;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'quittance-simulator-'));
  stage = await openStage({ home });
});
afterEach(async () => {
  await stage.close();
  rmSync(home, { recursive: true });
});

const journal = () => join(home, 'journal.ndjson');

async function restart(): Promise<void> {
  await stage.close();
  stage = await openStage({ home, seed: 77 });
}

async function everything() {
  const read = async (path: string) => (await stage.control('GET', path)).json;
  return {
    ledger: await read('/ledger?limit=1000'),
    payments: await read('/payments'),
    settings: await read('/settings'),
    faults: await read('/faults'),
  };
}

it('a restart changes nothing: ledger, payments, settings, faults and clock are as they were', async () => {
  await stage.control('PUT', '/settings', { cover_percent: 3, ipn: { retries: 7 } });
  await stage.control('POST', '/faults', { endpoint: 'GET /payment/:id', fault: 'http_500', times: 2 });
  const made = await stage.mint();
  await stage.provider('GET', `/payment/${made.payment_id}`);
  await stage.control('POST', '/scenarios/partial_then_topup', { order_id: 'ord_1' });
  await stage.control('POST', '/clock', { advance: '3 hours' });
  const before = await everything();
  await restart();
  expect(await everything()).toEqual(before);
  const aheadMs = Date.parse((await stage.control('GET', '/clock')).json.now) - Date.now();
  expect(aheadMs).toBeGreaterThan(3 * 3_600_000 - 60_000);
});

it('ids go on where the seed of the journal left off', async () => {
  await stage.mint();
  await restart();
  const second = await stage.mint();
  await stage.control('POST', '/reset', { seed: 1 });
  await stage.mint();
  expect((await stage.mint()).payment_id).toBe(second.payment_id);
});

it('what was due is still due after a restart', async () => {
  await stage.mint();
  await stage.control('POST', '/scenarios/late', { order_id: 'ord_1', after: '1 hour' });
  await restart();
  await stage.control('POST', '/clock', { advance: '1 hour' });
  expect(await stage.ledger('movement')).toHaveLength(1);
  await restart();
  await stage.control('POST', '/clock', { advance: '1 hour' });
  expect(await stage.ledger('movement')).toHaveLength(1);
});

it('a payment nobody paid still expires after a restart', async () => {
  await stage.mint();
  await restart();
  await stage.control('POST', '/clock', { advance: '7 days' });
  expect(await stage.ledger('status')).toMatchObject([{ from: 'waiting', to: 'expired' }]);
});

it('is written before the answer leaves', async () => {
  const made = await stage.mint();
  expect(readFileSync(journal(), 'utf8')).toContain(`"payment_id":"${made.payment_id}"`);
});

it('a last line cut by a kill is dropped, and the next one starts on a line of its own', async () => {
  const made = await stage.mint();
  await stage.close();
  appendFileSync(journal(), '{"record":"payment","payment":{"id":"123');
  stage = await openStage({ home });
  await stage.mint({ order_id: 'ord_2' });
  await restart();
  const { payments } = (await stage.control('GET', '/payments')).json;
  expect(payments.map((it) => it.order_id)).toEqual(['ord_2', 'ord_1']);
  expect(payments[1]?.payment_id).toBe(made.payment_id);
});

it('a broken line in the middle is an error that names the line', async () => {
  await stage.close();
  appendFileSync(journal(), 'nonsense\n{"record":"task_done","id":1}\n');
  await expect(openStage({ home })).rejects.toThrow(/journal\.ndjson line 2 cannot be read/);
  rmSync(journal());
  stage = await openStage({ home });
});

it('reset empties the file as well', async () => {
  await stage.mint();
  await stage.control('POST', '/reset', { seed: 5 });
  await eventually(() => expect(readFileSync(journal(), 'utf8')).toBe('{"record":"start","seed":5}\n'));
});

it('reads the lines it has always written, also one that lacks a setting', async () => {
  await stage.close();
  appendFileSync(
    journal(),
    [
      '{"record":"settings","settings":{"step":7,"ipn":{"retries":9,"interval":8,"timeout":6,"on_create":true},"cover_percent":5,"redeposit_status":"partially_paid","wrong_asset":"manual","wrong_asset_shape":"same_id","child_read":"404","list_lag":4,"id_digits":19,"number_text":"padded"}}',
      '{"record":"fault","rule":{"endpoint":"GET /payment/:id","fault":"http_429","effect":"after","p":0.25,"times":2,"match":{"order_id":"ord_1"},"ms":3,"jitter":1,"retry_after":"7","bytes":10,"fault_id":"fault_4","n":4,"seen":6,"hits":1}}',
      '{"record":"clock","offsetMs":3600000}\n',
    ].join('\n'),
  );
  stage = await openStage({ home });
  const { settings, faults } = await everything();
  expect(settings).toEqual({
    step: 7,
    ipn: { retries: 9, interval: 8, timeout: 6, on_create: true },
    cover_percent: 5,
    redeposit_status: 'partially_paid',
    wrong_asset: 'manual',
    wrong_asset_shape: 'same_id',
    child_read: '404',
    list_lag: 4,
    id_digits: 19,
    number_text: 'padded',
    rate_limit_per_s: 0,
  });
  expect(faults.faults).toEqual([
    {
      endpoint: 'GET /payment/:id',
      fault: 'http_429',
      effect: 'after',
      p: 0.25,
      times: 2,
      match: { order_id: 'ord_1' },
      ms: 3,
      jitter: 1,
      retry_after: '7',
      bytes: 10,
      fault_id: 'fault_4',
      n: 4,
      seen: 6,
      hits: 1,
    },
  ]);
});
