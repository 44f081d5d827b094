import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkSignature } from '../../scripts/receiver/signature-check.js';
import type { Chance } from './chance.js';

/** An attempt as the merchant's side saw it. */
export interface Received {
  readonly endpoint: string; // the path that was registered
  readonly eventId: string;
  readonly sha256: string; // of the body
  readonly body: string;
  readonly authentic: boolean;
  readonly answered: number | null; // null: the connection was broken instead
  readonly at: string;
}

/** The merchants' receivers: `/steady/…` takes everything, `/faulty/…` refuses, hangs up and is slow. */
export interface Receivers {
  readonly target: string; // host:port
  readonly received: readonly Received[];
  /** The secret that deliveries to a path are signed with. */
  knowSecret(path: string, secret: string): void;
  close(): Promise<void>;
}

export async function startReceivers(chance: Chance): Promise<Receivers> {
  const received: Received[] = [];
  const secrets = new Map<string, string>();

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const endpoint = request.url ?? '';
    const how = endpoint.startsWith('/faulty/') ? luck(chance) : 'take';
    const answered = { take: 204, refuse: 503, break: null, late: 204 }[how];
    const known = secrets.get(endpoint);
    received.push({
      endpoint,
      eventId: String(request.headers['x-driftstack-event-id']),
      sha256: createHash('sha256').update(body).digest('hex'),
      body: body.toString('utf8'),
      authentic:
        checkSignature(request.headers, body, { secrets: known ? [known] : [], nowMs: Date.now() }) === 'verified',
      answered,
      at: new Date().toISOString(),
    });
    if (answered === null) return void request.socket.destroy();
    if (how === 'late') await new Promise((due) => setTimeout(due, 1_500));
    response.writeHead(answered).end();
  }

  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy()); // the sender was killed
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    knowSecret: (path, secret) => void secrets.set(path, secret),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** What it breaks off after reading was received all the same: the next attempt must be the same event. */
function luck(chance: Chance): 'take' | 'refuse' | 'break' | 'late' {
  return chance.weighted('receiver', { take: 50, refuse: 25, break: 15, late: 10 });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
