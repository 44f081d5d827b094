import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { createGateway } from '../../src/gateway/nowpayments.js';
import { keyLabel, type ProviderAccount } from '../../src/gateway/provider-account.js';

export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Reply = (response: ServerResponse, heard: Heard) => void;

/** A server that answers each call with the next of the replies for its path; the last one repeats. */
export async function aProvider(replies: Record<string, Reply | Reply[]>) {
  const heard: Heard[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      heard.push(call);
      const name = `${call.method} ${call.url.replace('/v1/', '').replace(/\?.*$/, '')}`;
      const listed = replies[name];
      const reply = Array.isArray(listed) ? (listed.length > 1 ? listed.shift() : listed[0]) : listed;
      (reply ?? json(404, { message: `no reply for ${name}` }))(response, call);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, heard, sockets };
}

export function aGateway(options: Parameters<typeof createGateway>[0] = {}) {
  const gateway = createGateway({ maxRps: 1000, burst: 1000, timeoutMs: 2000, ...options });
  onTestFinished(() => gateway.close());
  return gateway;
}

export function anAccount(apiUrl: string, more: Partial<ProviderAccount> = {}): ProviderAccount {
  const apiKey = 'KEY-OF-THE-TEST';
  return { apiUrl, apiKey, keyLabel: keyLabel(apiKey), email: null, password: null, payoutCoin: null, ...more };
}

export function raw(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return (response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

export function json(status: number, body: object, headers: Record<string, string> = {}): Reply {
  return raw(status, JSON.stringify(body), headers);
}

export const html: Reply = (response) =>
  response.writeHead(502, { 'content-type': 'text/html' }).end('<!doctype html><h1>Bad gateway</h1>');
export const silence: Reply = () => {};
export const reset: Reply = (response) => response.socket?.resetAndDestroy();
/** The headers and a piece of the body, then nothing more. */
export const hang: Reply = (response) => response.writeHead(200, { 'content-length': '1000' }).write('{"payment_id":');
/** As announced, and then the connection ends before all of it came. */
export const cut: Reply = (response) =>
  response.writeHead(200, { 'content-length': '1000' }).write('{"payment_id":', () => response.socket?.end());

/** So many bytes without saying how many: only counting stops it. */
export function flood(bytes: number): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    const pump = (left: number): void => {
      if (left <= 0) response.end('{}');
      else if (response.write(chunk)) setImmediate(pump, left - chunk.length);
      else response.once('drain', () => pump(left - chunk.length));
    };
    pump(bytes);
  };
}

/** What the provider answers to a create for the order `aMint` asks for. */
export const created = {
  payment_id: '5745459419',
  payment_status: 'waiting',
  pay_address: 'TAb12cd34ef56gh78jk9xAb12cd34ef56g',
  price_amount: 49,
  price_currency: 'usd',
  pay_amount: 49.024513,
  pay_currency: 'usdttrc20',
  order_id: 'ord_0123456789ab',
  payin_extra_id: null,
  network: 'trx',
  expiration_estimate_date: '2026-11-24T20:20:00.000Z',
  created_at: '2026-11-24T20:00:00.000Z',
};

export const aMint = {
  orderId: 'ord_0123456789ab',
  price: { cents: 4900, currency: 'USD' },
  payCurrency: 'usdttrc20',
  description: 'team_manual',
  ipnCallbackUrl: 'https://pay.example.com/v1/webhooks/nowpayments',
};
