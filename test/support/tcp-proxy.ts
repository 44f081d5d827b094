import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A link to a server that a test can cut. Loopback only. */
export interface TcpProxy {
  readonly port: number;
  /** Breaks every connection and refuses new ones, as if the server were gone. */
  cut(): void;
  /** Takes every connection and passes nothing on, as if the server were stopped. */
  hold(): void;
  mend(): void;
  /** Connections that somebody holds open. */
  held(): number;
  close(): Promise<void>;
}

export interface TcpProxyOptions {
  /** What the answers of each connection go through, such as a stream that spoils them. */
  readonly answersThrough?: (near: Socket) => Duplex;
}

export async function startTcpProxy(
  to: { host: string; port: number },
  { answersThrough }: TcpProxyOptions = {},
): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let isCut = false;
  let isHeld = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(to);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far);
    if (answersThrough) far.pipe(answersThrough(near)).pipe(near);
    else far.pipe(near);
    if (isHeld) for (const socket of [near, far]) socket.pause();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const breakAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      breakAll();
    },
    hold() {
      isHeld = true;
      for (const socket of open) socket.pause();
    },
    held: () => [...open].filter((socket) => !socket.destroyed).length / 2, // each has two ends
    mend() {
      isCut = isHeld = false;
      for (const socket of open) socket.resume();
    },
    async close() {
      breakAll();
      await new Promise((closed) => server.close(closed));
    },
  };
}
