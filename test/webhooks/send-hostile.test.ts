import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createSender } from '../../src/webhooks/send.js';
import { eventually } from '../support/eventually.js';
import { type Receiver, startReceiver } from './receiver.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function sendTo(target: string, timeoutMs = 600) {
  const sender = createSender({ allowTargets: [target], ownHosts: [], timeoutMs });
  cleanups.push(() => sender.close());
  return await sender.send({ endpointId: 'whk_1', url: `http://${target}/hook`, body: '{}', headers: {} });
}

async function receiver(answer: (response: ServerResponse) => void): Promise<Receiver> {
  const started = await startReceiver(answer);
  cleanups.push(() => started.close());
  return started;
}

/** A peer below HTTP: it writes what it likes. */
async function peer(onRequest: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    cleanups.push(() => socket.destroy());
    socket.on('error', () => undefined).once('data', () => onRequest(socket));
  });
  cleanups.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Writes again and again until the other side has had enough. */
function dripInto(stream: ServerResponse | Socket, chunk: string | Buffer, everyMs: number): void {
  const timer = setInterval(() => stream.write(chunk), everyMs);
  stream.on('close', () => clearInterval(timer));
}

describe('a receiver that takes its time', () => {
  it('and never answers is a timeout', async () => {
    const silent = await receiver(() => undefined);
    const result = await sendTo(silent.target);
    expect(result).toMatchObject({ ok: false, status: null, excerpt: null, error: 'timeout', retryAfterMs: null });
    expect(result.durationMs).toBeGreaterThanOrEqual(590);
    expect(result.durationMs).toBeLessThan(2_000);
    await eventually(() => expect(silent.sockets.open).not.toContain(1));
  });

  it('and sends its headers byte by byte is a timeout', async () => {
    const target = await peer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-long: ');
      dripInto(socket, 'x', 20);
    });
    expect(await sendTo(target)).toMatchObject({ ok: false, status: null, error: 'timeout' });
  });

  it('and sends a failure byte by byte is cut off with what came', async () => {
    const slow = await receiver((response) => dripInto(response.writeHead(500), 'x', 20));
    const result = await sendTo(slow.target);
    expect(result).toMatchObject({ ok: false, status: 500, error: 'timeout' });
    expect(result.excerpt).toMatch(/^x+$/);
    await eventually(() => expect(slow.sockets.open).not.toContain(1));
  });

  it('after a 200 has accepted: its body is not waited for', async () => {
    const slow = await receiver((response) => dripInto(response.writeHead(200), 'x', 20));
    const result = await sendTo(slow.target, 10_000);
    expect(result).toMatchObject({ ok: true, status: 200, error: null });
    expect(result.durationMs).toBeLessThan(2_000);
    await eventually(() => expect(slow.sockets.open).not.toContain(1));
  });
});

describe('a receiver that says too much', () => {
  it.each([200, 500])('without end, after %i, is cut off by size', async (status) => {
    const endless = await receiver((response) => dripInto(response.writeHead(status), 'y'.repeat(65_536), 1));
    const result = await sendTo(endless.target, 10_000);
    expect(result).toMatchObject({ ok: status === 200, status, excerpt: status === 200 ? null : 'y'.repeat(4_096) });
    expect(result.durationMs).toBeLessThan(2_000);
    await eventually(() => expect(endless.sockets.open).not.toContain(1));
  });

  it('in one chunk of 5 MiB is cut off by size', async () => {
    const huge = await receiver((response) => response.writeHead(500).end(Buffer.alloc(5 * 1024 * 1024, 'z')));
    expect(await sendTo(huge.target, 10_000)).toMatchObject({ status: 500, excerpt: 'z'.repeat(4_096) });
  });

  it('as a gzip bomb is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    const bomber = await receiver((response) => response.writeHead(500, { 'content-encoding': 'gzip' }).end(bomb));
    const before = process.memoryUsage().rss;
    expect(await sendTo(bomber.target, 10_000)).toMatchObject({ ok: false, status: 500, excerpt: null });
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * 1024 * 1024);
  });

  it('in its headers has not answered', async () => {
    const target = await peer((socket) => socket.write(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`));
    expect(await sendTo(target)).toMatchObject({ ok: false, error: 'the headers of the answer are too large' });
  });
});

describe('a receiver that breaks the protocol', () => {
  it('by closing has not answered', async () => {
    const target = await peer((socket) => socket.end());
    expect(await sendTo(target)).toMatchObject({ ok: false, error: 'the connection was closed before an answer' });
  });

  it('by not speaking HTTP has not answered', async () => {
    const target = await peer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n\r\n'));
    expect(await sendTo(target)).toMatchObject({ ok: false, error: 'the answer is not HTTP' });
  });

  it.each([
    ['a status that is no number', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status of zeros', 'HTTP/1.1 000 X\r\ncontent-length: 0\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 042 X\r\ncontent-length: 0\r\n\r\n'],
    ['a version that is none', 'HTTP/9.9 200 OK\r\n\r\n'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n'],
  ])('with %s was reached all the same', async (_what, answer) => {
    const target = await peer((socket) => socket.end(answer));
    expect(await sendTo(target)).toMatchObject({ ok: false, status: null, error: 'the answer is not HTTP' });
  });

  it('by a reset has not answered', async () => {
    const target = await peer((socket) => socket.resetAndDestroy());
    expect(await sendTo(target)).toMatchObject({ ok: false, error: 'the connection was closed before an answer' });
  });

  it('is not blamed when we stop', async () => {
    const silent = await receiver(() => undefined);
    const sender = createSender({ allowTargets: [silent.target], ownHosts: [], timeoutMs: 10_000 });
    const url = `http://${silent.target}/`;
    const sent = sender.send({ endpointId: 'whk_1', url, body: '{}', headers: {} });
    await eventually(() => expect(silent.sockets.open).toContain(1));
    await sender.close();
    expect(await sent).toMatchObject({ ok: false, error: 'the attempt was cut short on our side' });
  });

  it('in the middle of a failure leaves what came', async () => {
    const target = await peer((socket) => socket.end('HTTP/1.1 502 Bad\r\ncontent-length: 100\r\n\r\nhalf'));
    expect(await sendTo(target)).toMatchObject({ ok: false, status: 502, excerpt: 'half', error: 'HTTP 502' });
  });

  it('with bytes that are no text leaves an excerpt that a database takes', async () => {
    const garbage = Buffer.concat([Buffer.from('a\0b'), randomBytes(20_000)]);
    const target = (await receiver((response) => response.writeHead(500).end(garbage))).target;
    const { excerpt } = await sendTo(target, 10_000);
    expect(excerpt?.slice(0, 3)).toBe('a\uFFFDb');
    expect(excerpt).not.toContain('\0');
    expect(excerpt?.length).toBeLessThanOrEqual(4_096);
  });

  it('with a stray answer on an idle connection does not pass for the next one', async () => {
    let count = 0;
    const target = await peer((socket) => {
      const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
      count += 1;
      socket.write(answer + answer);
    });
    const sender = createSender({ allowTargets: [target], ownHosts: [], timeoutMs: 600 });
    cleanups.push(() => sender.close());
    const attempt = { endpointId: 'whk_1', url: `http://${target}/`, body: '{}', headers: {} };
    await sender.send(attempt);
    await sender.send(attempt);
    expect(count).toBe(2);
  });
});
