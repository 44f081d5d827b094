import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Toxic } from './toxic.js';

/** One address before several servers: connections go to each in turn, past those that refuse them. */
export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startBalancer(ports: readonly number[], toxic: Toxic): Promise<Balancer> {
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
      near.pipe(far).pipe(toxic.through(near)).pipe(near);
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

  const server = createServer((near) => {
    open.add(near);
    near.on('close', () => open.delete(near));
    near.on('error', () => near.destroy());
    turn += 1;
    const inTurn = ports.map((_, at) => ports[(at + turn) % ports.length] ?? 0);
    join(near, inTurn[0] ?? 0, inTurn.slice(1));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
