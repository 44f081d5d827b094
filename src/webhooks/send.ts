import { performance } from 'node:perf_hooks';
import type { Dispatcher } from 'undici';
import { discard, readExcerpt, retryAfterMs } from './answer.js';
import { checkUrl, resolveTarget, type TargetRules, type TargetVerdict } from './destination.js';
import { EndpointPools } from './endpoint-pools.js';
import { mostAtOnce } from './endpoint-slots.js';
import { proxyFaultIn } from './egress-proxy.js';
import type { Lookup } from './lookup.js';
import { failureText, notReached, notSent } from './send-failure.js';

export interface SenderSettings extends TargetRules {
  /** For a whole attempt: name, connection, headers, and what is read of a failure's body. */
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly maxPools?: number;
  readonly lookup?: Lookup;
  readonly proxyUrl?: string | null;
  /** Hears of each attempt that the proxy made impossible, and why. */
  readonly onProxyFault?: (why: string) => void;
  readonly now?: () => number;
}

export interface Attempt {
  readonly endpointId: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SendResult {
  readonly ok: boolean;
  readonly status: number | null;
  readonly excerpt: string | null;
  readonly error: string | null;
  readonly retryAfterMs: number | null;
  readonly isNotSent?: true; // by our own fault: it counts as no attempt
  readonly durationMs: number;
}

export interface Sender {
  /** One attempt. Never throws: whatever goes wrong is a result to record. */
  send(attempt: Attempt): Promise<SendResult>;
  /** Closes all connections; attempts still on their way fail. */
  close(): Promise<void>;
}

type Outcome = Omit<SendResult, 'durationMs'>;

export function createSender(settings: SenderSettings): Sender {
  const { timeoutMs = 10_000, connectTimeoutMs = 3_000, maxPools = 1_000, now = Date.now } = settings;
  const pools = new EndpointPools({
    connections: mostAtOnce,
    connectTimeoutMs,
    headersTimeoutMs: timeoutMs,
    maxPools,
    proxyUrl: settings.proxyUrl ?? null,
  });

  async function attempt({ endpointId, url: text, body, headers }: Attempt, signal: AbortSignal): Promise<Outcome> {
    const checked = checkUrl(text, settings);
    if (checked.kind === 'refused') return failed(notReached);
    const { url } = checked;
    const resolving = resolveTarget(url, settings, settings.lookup);
    const target = await withinTime(resolving, Math.min(connectTimeoutMs, timeoutMs));
    if (target === 'timeout') return failed('timeout');
    if (target.kind === 'refused') return failed(notReached);
    const entry = pools.take(endpointId, url, target.addresses);
    const answer = await entry.pool.request({
      origin: entry.origin,
      method: 'POST',
      path: url.pathname + url.search,
      headers: { ...headers, host: url.host, 'accept-encoding': 'identity' },
      body,
      signal,
    });
    return await judge(answer, signal, now());
  }

  function broken(failure: unknown, signal: AbortSignal): Outcome {
    const fault = proxyFaultIn(failure);
    if (fault === null) return failed(signal.aborted ? 'timeout' : failureText(failure));
    settings.onProxyFault?.(fault);
    return { ...failed(notSent), isNotSent: true };
  }

  return {
    async send(what) {
      const started = performance.now();
      const ends = new AbortController();
      const timer = setTimeout(() => ends.abort(), timeoutMs);
      const outcome = await attempt(what, ends.signal).catch((failure: unknown) => broken(failure, ends.signal));
      clearTimeout(timer);
      return { ...outcome, durationMs: Math.round(performance.now() - started) };
    },

    close: () => pools.close(),
  };
}

async function judge(answer: Dispatcher.ResponseData, signal: AbortSignal, nowMs: number): Promise<Outcome> {
  const { statusCode: status, headers, body } = answer;
  if (status >= 200 && status < 300) {
    await discard(body);
    return { ok: true, status, excerpt: null, error: null, retryAfterMs: null };
  }
  const excerpt = await readExcerpt(body, headers);
  const redirected = status >= 300 && status < 400 ? ' (redirects are not followed)' : '';
  return {
    ok: false,
    status,
    excerpt,
    error: signal.aborted ? 'timeout' : `HTTP ${status}${redirected}`,
    retryAfterMs: retryAfterMs(headers['retry-after'], nowMs),
  };
}

function failed(error: string): Outcome {
  return { ok: false, status: null, excerpt: null, error, retryAfterMs: null };
}

/** A name server that hangs costs no more than a host that does. */
async function withinTime(resolving: Promise<TargetVerdict>, limitMs: number): Promise<TargetVerdict | 'timeout'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(resolve, limitMs, 'timeout');
  });
  try {
    return await Promise.race([resolving, late]);
  } finally {
    clearTimeout(timer);
  }
}
