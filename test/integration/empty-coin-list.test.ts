import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../scripts/dev/ports.js';
import { startStack, type Stack } from '../support/stack.js';

// Between Quittance and the simulator: a provider that for a while knows no coin and says so.
let stack: Stack;
let provider: Server;
let refusals = 0;
beforeAll(async () => {
  const port = await freePort();
  stack = await startStack({ env: { NOWPAYMENTS_API_URL: `http://127.0.0.1:${port}/v1` } });
  provider = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const answer = await answerTo(request.method ?? '', request.url ?? '', { headers: request.headers, body });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text);
    })();
  });
  await new Promise<void>((resolve) => provider.listen(port, '127.0.0.1', resolve));
}, 120_000);
afterAll(async () => {
  await stack?.close();
  provider?.close();
});

async function answerTo(method: string, url: string, sent: { headers: IncomingHttpHeaders; body: string }) {
  if (url === '/v1/merchant/coins') return { status: 200, text: '{"selectedCurrencies":[]}' };
  if (method === 'POST' && url === '/v1/payment' && refusals < 2) {
    refusals += 1;
    return { status: 400, text: '{"status":false,"statusCode":400,"code":"CURRENCY_UNAVAILABLE","message":"gone"}' };
  }
  const passed = ['x-api-key', 'authorization', 'content-type'].filter((name) => sent.headers[name] !== undefined);
  const answer = await fetch(`${stack.simulator.url}${url}`, {
    method,
    headers: passed.map((name) => [name, String(sent.headers[name])] as [string, string]),
    ...(sent.body === '' ? {} : { body: sent.body }),
  });
  return { status: answer.status, text: await answer.text() };
}

it('a checkout whose coin is on no list waits until the provider mints it: never a stub, no case', async () => {
  const { body: order } = await stack.live.checkout();
  expect(order).toMatchObject({ provider: 'nowpayments', status: 'pending' });
  expect(order.payment_address).toMatch(/^T/);
  expect(refusals).toBe(2);
  const { rows } = await stack.pool.query(
    `select (select array_agg(outcome order by attempt) from mint_intents) as mints,
       (select count(*) from support_cases) as cases`,
  );
  expect(rows).toEqual([{ mints: ['refused', 'refused', 'bound'], cases: 0 }]);
}, 60_000);
