import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly socket: number;
}

export interface Receiver {
  readonly port: number;
  readonly url: string;
  readonly target: string;
  readonly received: Received[];
  /** The numbers of the sockets that are open, and how many there were so far. */
  readonly sockets: { opened: number; readonly open: Set<number> };
  close(): Promise<void>;
}

type Answer = (response: ServerResponse, request: Received) => void;

/** A merchant's receiver on a free port of 127.0.0.1 that keeps what it got and answers as told. */
export async function startReceiver(answer: Answer, tls?: ServerOptions): Promise<Receiver> {
  const received: Received[] = [];
  const sockets = { opened: 0, open: new Set<number>() };
  const numbers = new WeakMap<object, number>();
  const server = tls ? createTlsServer(tls) : createServer();
  server.on(tls ? 'secureConnection' : 'connection', (socket) => {
    const number = (sockets.opened += 1);
    sockets.open.add(number);
    numbers.set(socket, number);
    socket.on('close', () => sockets.open.delete(number)).on('error', () => undefined);
  });
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers, socket } = request;
      const what = { method, path, headers, body: Buffer.concat(chunks).toString(), socket: numbers.get(socket) ?? 0 };
      received.push(what);
      answer(response, what);
    });
    response.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/hook`,
    target: `127.0.0.1:${port}`,
    received,
    sockets,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
