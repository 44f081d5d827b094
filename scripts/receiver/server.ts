import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { wireWords } from '../../src/domain/brand.js';
import { checkSignature, checkStandardSignature, type SignatureState } from './signature-check.js';

/** A delivery as the page shows it. */
export interface SeenDelivery {
  readonly id: string;
  readonly receivedAt: string;
  readonly eventId: string | null;
  readonly eventType: string | null;
  /** How often this event has come, this time included. */
  readonly times: number;
  readonly signature: SignatureState;
  readonly standardSignature: SignatureState;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const kept = 200;
const largestBody = 1_048_576;

const files: Record<string, readonly [file: string, type: string]> = {
  '/': ['page.html', 'text/html'],
  '/page.css': ['page.css', 'text/css'],
  '/page.js': ['page.js', 'text/javascript'],
};

const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** A merchant's receiver for local development. `knownSecrets` is asked at each delivery. */
export function createReceiver(knownSecrets: () => readonly string[]): Server {
  const deliveries: SeenDelivery[] = []; // newest last
  const watchers = new Set<ServerResponse>();
  let postedSecret: string | undefined;

  const secrets = () => [...new Set([...(postedSecret ? [postedSecret] : []), ...knownSecrets()])];

  async function takeDelivery(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === null) return answer(response, 413);
    const seen = see(request.headers, body, { secrets: secrets(), before: deliveries });
    deliveries.push(seen);
    if (deliveries.length > kept) deliveries.shift();
    for (const watcher of watchers) watcher.write(streamed(seen));
    answer(response, seen.signature === 'verified' || seen.signature === 'no secret' ? 204 : 401);
  }

  async function takeSecret(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A form of some other site cannot send JSON without asking first.
    if (!request.headers['content-type']?.startsWith('application/json')) return answer(response, 415);
    const secret = secretIn(await bodyOf(request));
    if (!secret) return answer(response, 400, { error: 'send {"secret":"whsec_…"}' });
    postedSecret = secret;
    answer(response, 204);
  }

  function watch(response: ServerResponse): void {
    response.writeHead(200, { ...pageHeaders, 'content-type': 'text/event-stream' });
    response.write(`: live\n\n${deliveries.map(streamed).join('')}`);
    watchers.add(response);
    response.on('close', () => watchers.delete(response));
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '';
    const call = `${request.method} ${path}`;
    if (call === 'POST /hook') return await takeDelivery(request, response); // also through a tunnel, by another name
    if (!isLocal(request)) return answer(response, 403);
    if (call === 'POST /_secret') return await takeSecret(request, response);
    if (call === 'GET /_deliveries') return answer(response, 200, { deliveries: deliveries.toReversed() });
    if (call === 'GET /_status') return answer(response, 200, { has_secret: secrets().length > 0 });
    if (call === 'GET /events') return watch(response);
    const file = request.method === 'GET' ? files[path] : undefined;
    return file ? sendFile(response, file) : answer(response, 404);
  }

  const server = createServer((request, response) => {
    route(request, response).catch(() => response.destroy()); // the sender hung up
  });
  const pulse = setInterval(() => watchers.forEach((watcher) => watcher.write(': still here\n\n')), 20_000);
  return server.on('close', () => clearInterval(pulse));
}

function see(
  headers: IncomingHttpHeaders,
  body: Buffer,
  { secrets, before }: { secrets: readonly string[]; before: readonly SeenDelivery[] },
): SeenDelivery {
  const nowMs = Date.now();
  const eventId = textOf(headers[wireWords.header('event-id')]);
  return {
    id: randomUUID(),
    receivedAt: new Date(nowMs).toISOString(),
    eventId,
    eventType: textOf(headers[wireWords.header('event-type')]),
    times: 1 + (eventId === null ? 0 : before.filter((earlier) => earlier.eventId === eventId).length),
    signature: checkSignature(headers, body, { secrets, nowMs }),
    standardSignature: checkStandardSignature(headers, body, secrets),
    headers,
    body: body.toString('utf8'),
  };
}

/** The page shows order data: a name that some site points at 127.0.0.1 does not get to read it. */
function isLocal({ headers }: IncomingMessage): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(headers.host ?? '');
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > largestBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function secretIn(body: Buffer | null): string | null {
  try {
    const { secret } = JSON.parse(String(body)) as { secret?: unknown };
    return typeof secret === 'string' && /^whsec_[\w+/=-]{8,}$/.test(secret) ? secret : null;
  } catch {
    return null; // not JSON: answered like any other wrong body
  }
}

function textOf(header: string | string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}

function streamed(delivery: SeenDelivery): string {
  return `id: ${delivery.id}\ndata: ${JSON.stringify(delivery)}\n\n`;
}

function sendFile(response: ServerResponse, [file, type]: readonly [string, string]): void {
  const text = readFileSync(new URL(`./static/${file}`, import.meta.url), 'utf8');
  response.writeHead(200, { ...pageHeaders, 'content-type': `${type}; charset=utf-8` }).end(text);
}

function answer(response: ServerResponse, status: number, content?: object): void {
  if (!content) return void response.writeHead(status, pageHeaders).end();
  response.writeHead(status, { ...pageHeaders, 'content-type': 'application/json' }).end(JSON.stringify(content));
}
