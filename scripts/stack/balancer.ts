import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';

/** One address before several servers: connections go to each in turn, past those that refuse them. */
export interface Balancer {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

export interface BalancerOptions {
  /** Where it listens; default: any port that is free. */
  readonly port?: number;
  /** What the answers of a connection go through on their way. */
  readonly through?: (near: Socket) => Duplex;
  /** Ends TLS, as whoever stands before a real API does. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export async function startBalancer(
  ports: readonly number[],
  { port: wanted = 0, through = () => new PassThrough(), tls }: BalancerOptions = {},
): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;

  function join(near: Socket, port: number, others: readonly number[]): void {
    const far = connect({ host: '127.0.0.1', port });
    far.once('connect', () => {
      open.add(far);
      near.on('close', () => far.destroy());
      far.on('close', () => {
        open.delete(far);
        near.destroy();
      });
      near.pipe(far).pipe(through(near)).pipe(near);
    });
    far.on('error', () => {
      const [next, ...rest] = others;
      if (far.connecting || !open.has(far)) {
        if (next === undefined || near.destroyed) near.destroy();
        else join(near, next, rest);
      } else {
        near.destroy();
      }
    });
  }

  function take(near: Socket): void {
    open.add(near);
    near.on('close', () => open.delete(near));
    near.on('error', () => near.destroy());
    turn += 1;
    const inTurn = ports.map((_, at) => ports[(at + turn) % ports.length] ?? 0);
    join(near, inTurn[0] ?? 0, inTurn.slice(1));
  }

  const server: Server = tls ? createTlsServer(tls, take) : createServer(take);
  await new Promise<void>((listening) => server.listen(wanted, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
