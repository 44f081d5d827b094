import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SimulatorOptions } from '../../simulator/options.js';
import { startSimulator } from '../../simulator/server.js';

export const KEY = 'stage-key';
export const OTHER_KEY = 'stage-other-key';
export const SECRET = 'quittance-vector-secret';
export const OTHER_SECRET = 'secret of the other account';
export const LOGIN = { email: 'merchant@example.test', password: 'correct horse' };

export interface ReceivedIpn {
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
}

export interface Row {
  [field: string]: unknown;
  payment_id: string;
  parent_payment_id: string | null;
  order_id: string;
  seq: number;
  kind: string;
}

/** The fields that tests name; all others are compared as they come. */
export interface Json {
  [field: string]: unknown;
  payment_id: string;
  order_id: string;
  pay_address: string;
  created_at: string;
  expiration_estimate_date: string;
  payment_extra_ids: number[];
  token: string;
  fault_id: string;
  now: string;
  next: number;
  entries: Row[];
  payments: Row[];
  data: Row[];
  faults: Row[];
  currencies: Row[];
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Json;
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** A simulator of its own, and somebody who receives its IPNs. Nothing is shared between two stages. */
export async function openStage(options: Partial<SimulatorOptions> = {}) {
  const received: ReceivedIpn[] = [];
  let status = 200;
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), at: Date.now() });
      response.writeHead(status).end('{}');
    });
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  const ipnUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/ipn`;
  const apiKeys = [KEY, `${OTHER_KEY}:${OTHER_SECRET}`];
  const simulator = await startSimulator({ port: 0, stepMs: 0, apiKeys, ipnSecret: SECRET, ...LOGIN, ...options });

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(simulator.url + path, {
      method,
      headers: { ...json, ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(5_000),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parseOrNull(text) };
  }

  const provider = (
    method: string,
    path: string,
    { body, key = KEY, token }: { body?: unknown; key?: string; token?: string } = {},
  ) =>
    call(method, `/v1${path}`, body, {
      'x-api-key': key,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    });
  const control = (method: string, path: string, body?: unknown) => call(method, `/_sim${path}`, body);

  return {
    url: simulator.url,
    ipnUrl,
    received,
    call,
    provider,
    control,
    receiverAnswers(next: number): void {
      status = next;
    },
    async mint(wishes: Record<string, unknown> = {}, key = KEY): Promise<Json> {
      const body = { price_amount: 49, price_currency: 'usd', pay_currency: 'usdttrc20', order_id: 'ord_1', ...wishes };
      const answer = await provider('POST', '/payment', { body: { ipn_callback_url: ipnUrl, ...body }, key });
      if (answer.status !== 201) throw new Error(`mint answered ${answer.status} ${answer.text}`);
      return answer.json;
    },
    logIn: async (): Promise<string> => (await provider('POST', '/auth', { body: LOGIN })).json.token,
    ledger: async (kind?: string): Promise<Row[]> =>
      (await control('GET', `/ledger?limit=1000${kind === undefined ? '' : `&kind=${kind}`}`)).json.entries,
    async close(): Promise<void> {
      await simulator.close();
      receiver.closeAllConnections();
      await new Promise((closed) => receiver.close(closed));
    },
  };
}

/** An answer that is no JSON reads as null, and the test that looks into it fails there. */
function parseOrNull(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null as unknown as Json;
  }
}
