import { expect, it } from 'vitest';
import { createLog } from '../../src/log.js';

it('writes ids and cuts out secrets, also inside what it is given', () => {
  const lines: string[] = [];
  const log = createLog({ name: 'api', level: 'info' }, { write: (line) => lines.push(line) });
  log.info(
    {
      orderId: 'ord_0123456789ab',
      apiKey: 'ds_live_canary',
      headers: { authorization: 'Bearer canary', 'x-nowpayments-sig': 'canary' },
      config: { provider: { ipnSecret: 'canary' } },
    },
    'order opened',
  );
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    name: 'api',
    msg: 'order opened',
    orderId: 'ord_0123456789ab',
    apiKey: '[cut]',
    headers: { authorization: '[cut]', 'x-nowpayments-sig': '[cut]' },
  });
  expect(lines.join()).not.toContain('canary');
});

it('says the trace of an order beside its id, whether or not traces are collected, and of nothing else', () => {
  const lines: string[] = [];
  const log = createLog({ name: 'api', level: 'info' }, { write: (line) => lines.push(line) });
  log.child({ requestId: 'r' }).warn({ orderId: 'ord_0123456789ab' }, 'of an order');
  log.info({ orderId: null }, 'of no order');
  log.info('of none either');
  expect(lines.map((line) => (JSON.parse(line) as { traceId?: string }).traceId)).toEqual([
    '40953d73019c91f1c3aba00f4dfecb62',
    undefined,
    undefined,
  ]);
});
