import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const host = '127.0.0.1';

export interface NamedPort {
  readonly port: number;
  readonly variable: string;
}

/** Fails with the variable to change. Waits a little: a run killed a moment ago may still be letting go. */
export async function assertPortFree({ port, variable }: NamedPort, patienceMs = 4_000): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  while (!(await isFree(port))) {
    if (Date.now() > giveUpAt) {
      throw new Error(`port ${port} on ${host} is busy: free it, or choose another one with ${variable}=<port>`);
    }
    await pause(200);
  }
}

/** A port the system just handed out, for servers that must be told one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return address.port;
}

/** One below those that systems hand out, for a server that keeps its ports in 16 bits with a sign. */
export async function freeLowPort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
    return true;
  } catch {
    return false; // any refusal (EADDRINUSE, EACCES) means that we cannot have it
  } finally {
    server.close();
  }
}
