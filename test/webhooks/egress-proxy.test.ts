import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proxyWatch } from '../../src/worker/observing.js';
import { createSender, type SenderSettings } from '../../src/webhooks/send.js';
import { type Receiver, startReceiver } from './receiver.js';

let merchant: Receiver;
let proxyUrl: string;
let asked: { target: string | undefined; key: string | undefined }[];
let sockets: Socket[];
let closeProxy: () => void;
let answer: string;

/** A proxy that opens tunnels, wherever they are to lead, to the merchant alone. */
beforeEach(async () => {
  asked = [];
  answer = 'HTTP/1.1 200 OK\r\n\r\n';
  sockets = [];
  merchant = await startReceiver((response) => response.writeHead(200).end('ok'));
  const server = createServer();
  server.on('connect', ({ url, headers }: IncomingMessage, client: Socket) => {
    asked.push({ target: url, key: headers['proxy-authorization'] });
    const upstream = connect(merchant.port, '127.0.0.1', () => {
      client.write(answer);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    sockets.push(client, upstream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxyUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  closeProxy = () => server.close();
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  closeProxy();
  await merchant.close();
});

async function send(url: string, settings: Partial<SenderSettings>) {
  const sender = createSender({ allowTargets: [], ownHosts: [], proxyUrl, ...settings });
  try {
    return await sender.send({ endpointId: 'whk_1', url, body: '{}', headers: { 'x-a': 'b' } });
  } finally {
    await sender.close();
  }
}

describe('deliveries through an egress proxy', () => {
  it('arrive as they would without, and the proxy is asked for the address that was checked', async () => {
    const settings = { allowTargets: ['merchant.test:8000'], lookup: async () => ['2001:db8::1', '203.0.113.7'] };
    const result = await send('http://merchant.test:8000/hook?a=1', settings);
    expect(result).toMatchObject({ ok: true, status: 200 });
    expect(asked.map(({ target }) => target)).toEqual(['203.0.113.7:8000']);
    const [got] = merchant.received;
    expect([got?.path, got?.body, got?.headers.host, got?.headers['x-a']]).toEqual([
      '/hook?a=1',
      '{}',
      'merchant.test:8000',
      'b',
    ]);
  });

  it.each([['127.0.0.1'], ['10.0.0.1'], ['169.254.169.254'], ['fd00::1']])(
    'ask it nothing for a name that leads to %s',
    async (address) => {
      const result = await send('https://merchant.com/', { lookup: async () => ['8.8.8.8', address] });
      expect(result).toMatchObject({ ok: false, error: 'the endpoint could not be reached' });
      expect(asked).toEqual([]);
    },
  );

  it('tell when the proxy is away, or refuses us, without its password: nothing of the endpoint', async () => {
    const told: string[] = [];
    const settings = {
      allowTargets: ['merchant.test:80'],
      lookup: async () => ['203.0.113.7'],
      onProxyFault: (why: string) => void told.push(why),
    };
    const notSent = { ok: false, status: null, error: 'not sent: our own way out is away', isNotSent: true };
    answer = 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n';
    const withPassword = proxyUrl.replace('http://', 'http://quittance:pass%40word@');
    expect(await send('http://merchant.test/', { ...settings, proxyUrl: withPassword })).toMatchObject(notSent);
    closeProxy();
    expect(await send('http://merchant.test/', { ...settings, proxyUrl: withPassword })).toMatchObject(notSent);
    expect(told).toEqual(['it answers 407', 'it cannot be reached: ECONNREFUSED']);

    const raised: unknown[] = [];
    const watch = proxyWatch(withPassword, { raise: (...alarm) => void raised.push(alarm) });
    for (const why of told) watch(why);
    expect(raised).toEqual([['webhook_proxy_down', { proxy: new URL(proxyUrl).host, why: 'it answers 407' }]]);
  });

  it('blame the endpoint where the proxy says that it cannot reach it', async () => {
    const settings = { allowTargets: ['merchant.test:80'], lookup: async () => ['203.0.113.7'] };
    answer = 'HTTP/1.1 502 Bad Gateway\r\n\r\n';
    const result = await send('http://merchant.test/', settings);
    expect(result).toMatchObject({ ok: false, error: 'the endpoint could not be reached' });
    expect(result.isNotSent).toBeUndefined();
  });

  it('show it the name and password of its URL, and the merchant nothing of them', async () => {
    const withPassword = proxyUrl.replace('http://', 'http://quittance:pass%40word@');
    const settings = { allowTargets: ['merchant.test:80'], lookup: async () => ['203.0.113.7'] };
    await send('http://merchant.test/', { ...settings, proxyUrl: withPassword });
    expect(asked).toEqual([
      { target: '203.0.113.7:80', key: `Basic ${Buffer.from('quittance:pass@word').toString('base64')}` },
    ]);
    expect(merchant.received[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('fail and never go around it while it is away', async () => {
    const settings = { allowTargets: [merchant.target], proxyUrl: 'http://127.0.0.1:1' };
    expect(await send(merchant.url, settings)).toMatchObject({ ok: false, status: null });
    expect(merchant.received).toEqual([]);
  });
});
