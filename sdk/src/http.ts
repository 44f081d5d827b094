import { withDeadline } from './deadline.js';
import { problemError } from './problem.js';
import { retryAfterSeconds, withRetries, type RetryPolicy } from './retry.js';
import { TransportError } from './transport-error.js';

/** The part of `fetch` that is used, so that neither DOM nor Node types are needed. */
export type FetchFunction = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal: AbortSignal; redirect: 'manual' },
) => Promise<FetchResponse>;

export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { getReader(): BodyReader } | null;
}

export interface BodyReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

export interface HttpSettings {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  readonly fetch: FetchFunction;
  readonly effectiveAccount?: string | undefined;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: object | undefined;
  readonly body?: object | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly accept?: string | undefined;
}

export interface Http {
  /** What the answer says, in the type its endpoint documents; undefined for 204. */
  json<T>(request: ApiRequest): Promise<T>;
  /** The same with the headers, for what only they say. */
  answer<T>(request: ApiRequest): Promise<{ readonly body: T; readonly headers: FetchResponse['headers'] }>;
  text(request: ApiRequest): Promise<string>;
  bytes(request: ApiRequest): Promise<Uint8Array>;
}

const largestAnswer = 8 * 1024 * 1024;
const noRetry: RetryPolicy = { maxRetries: 0, baseDelayMs: 0, maxDelayMs: 0 };

export function createHttp(settings: HttpSettings): Http {
  const send = (request: ApiRequest): Promise<Answer> => {
    const idempotencyKey = usableKey(request.idempotencyKey);
    // Repeating a write without a key could do it twice.
    const safe = idempotencyKey !== undefined || ['GET', 'PUT', 'DELETE'].includes(request.method);
    return withRetries({ policy: safe ? settings.retry : noRetry, signal: request.signal }, () =>
      attempt(settings, { ...request, idempotencyKey }),
    );
  };
  const answered: Http['answer'] = async <T>(request: ApiRequest) => {
    const answer = await send({ accept: 'application/json', ...request });
    // The one place where an answer gets its documented type.
    return { body: (answer.status === 204 ? undefined : parseJson(answer)) as T, headers: answer.headers };
  };
  return {
    answer: answered,
    json: async <T>(request: ApiRequest) => (await answered<T>(request)).body,
    async text(request) {
      return decode((await send(request)).bytes);
    },
    async bytes(request) {
      return (await send(request)).bytes;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly headers: FetchResponse['headers'];
}

function attempt(settings: HttpSettings, request: ApiRequest): Promise<Answer> {
  const { timeoutMs } = settings;
  const onTimeout = (): Error =>
    new TransportError(`no answer to ${request.method} ${request.path} within ${timeoutMs} ms`, { retryable: true });
  return withDeadline({ signal: request.signal, timeoutMs, onTimeout }, async (signal) => {
    const response = await reach(settings, request, signal);
    const { status, headers } = response;
    const bytes = await readCapped(response);
    if (status >= 200 && status < 300) return { status, bytes, headers };
    throw refusal(response, decode(bytes));
  });
}

async function reach(settings: HttpSettings, request: ApiRequest, signal: AbortSignal): Promise<FetchResponse> {
  try {
    return await settings.fetch(settings.baseUrl + request.path + queryString(request.query), {
      method: request.method,
      headers: headersOf(settings, request),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal,
      redirect: 'manual', // the key goes to the configured server only
    });
  } catch (cause) {
    throw new TransportError(`${request.method} ${request.path} failed: ${reasonOf(cause)}`, {
      retryable: true,
      cause,
    });
  }
}

function headersOf(settings: HttpSettings, request: ApiRequest): Record<string, string> {
  return {
    authorization: `Bearer ${settings.apiKey}`,
    ...(request.accept === undefined ? {} : { accept: request.accept }),
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
    ...(settings.effectiveAccount === undefined ? {} : { 'x-driftstack-account': settings.effectiveAccount }),
  };
}

function refusal({ status, headers }: FetchResponse, text: string): Error {
  const asked = retryAfterSeconds(headers.get('retry-after'), Date.now());
  return (
    problemError(text, { status, retryAfterSeconds: asked }) ??
    new TransportError(`status ${status} without a problem document`, {
      status,
      retryable: status === 429 || status >= 500,
      retryAfterSeconds: asked ?? undefined,
    })
  );
}

async function readCapped({ status, body }: FetchResponse): Promise<Uint8Array> {
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (reader) {
    const chunk = await reader.read().catch((cause: unknown) => {
      throw new TransportError(`the answer broke off: ${reasonOf(cause)}`, { retryable: true, cause });
    });
    if (chunk.done) break;
    if (!chunk.value) continue;
    size += chunk.value.byteLength;
    chunks.push(chunk.value);
    if (size > largestAnswer) {
      reader.cancel().catch(() => undefined); // the answer is given up in any case
      throw new TransportError('the answer is larger than 8 MiB', { status });
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function parseJson({ status, bytes }: Answer): unknown {
  try {
    return JSON.parse(decode(bytes));
  } catch (cause) {
    throw new TransportError(`status ${status}, but the answer is not JSON`, { status, cause });
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function queryString(query: object | undefined): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

function usableKey(key: string | undefined): string | undefined {
  const trimmed = key?.trim();
  if (trimmed && /[^\x20-\x7e]/.test(trimmed)) throw new TypeError('idempotencyKey: printable ASCII only');
  return trimmed || undefined;
}

// fetch says "fetch failed" and keeps the reason one level down.
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message : String(inner);
}
