import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificate } from './certificates.js';

export interface TlsFront {
  readonly address: string;
  close(): Promise<void>;
}

export interface FrontOptions {
  readonly certificate: Certificate;
  readonly clientAuthority?: Certificate; // who signs those that may come in; absent: anybody
}

/** A server in clear, as one that speaks TLS: what stands before Temporal in a company's network. */
export async function startTlsFront(target: string, { certificate, clientAuthority }: FrontOptions): Promise<TlsFront> {
  const [host = '', port] = target.split(':');
  const sockets = new Set<Socket>();
  const { cert, key } = certificate;
  const asks = clientAuthority ? { requestCert: true, rejectUnauthorized: true, ca: clientAuthority.cert } : {};
  const server = createServer({ cert, key, ...asks, ALPNProtocols: ['h2'] }, (from) => {
    const to = connect(Number(port), host);
    for (const [socket, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
    from.pipe(to).pipe(from);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
