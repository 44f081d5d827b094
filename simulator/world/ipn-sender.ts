import { Agent, request } from 'undici';

/** What the receiver said, or why it said nothing. */
export interface IpnAnswer {
  httpStatus: number | null;
  error: string | null;
  ms: number;
  acknowledged: boolean;
}

export type IpnSender = ReturnType<typeof createIpnSender>;

/** One POST and its outcome; nothing is thrown. Targets beyond this machine need `allowAnyTarget`. */
export function createIpnSender({ allowAnyTarget }: { allowAnyTarget: boolean }) {
  const agent = new Agent({ connections: 128, keepAliveTimeout: 4_000 });
  let stopping = new AbortController();

  async function post(url: string, body: string, signature: string | null, timeoutMs: number): Promise<number> {
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), stopping.signal]);
    const headers = { 'content-type': 'application/json', 'user-agent': 'nowpayments-simulator' };
    const answer = await request(url, {
      method: 'POST',
      dispatcher: agent,
      headers: signature === null ? headers : { ...headers, 'x-nowpayments-sig': signature },
      body,
      signal,
    });
    await answer.body.dump({ limit: 65_536, signal });
    return answer.statusCode;
  }

  return {
    async send(ipn: { url: string; body: string; signature: string | null; timeoutMs: number }): Promise<IpnAnswer> {
      const startedAt = performance.now();
      const ms = () => Math.round(performance.now() - startedAt);
      if (!allowAnyTarget && !isLoopbackUrl(ipn.url)) {
        return { httpStatus: null, error: 'target_not_loopback', ms: 0, acknowledged: false };
      }
      try {
        const status = await post(ipn.url, ipn.body, ipn.signature, ipn.timeoutMs);
        return { httpStatus: status, error: null, ms: ms(), acknowledged: status >= 200 && status < 300 };
      } catch (failure) {
        return { httpStatus: null, error: nameOf(failure), ms: ms(), acknowledged: false };
      }
    },
    abortAll(): void {
      stopping.abort();
      stopping = new AbortController();
    },
    async close(): Promise<void> {
      stopping.abort();
      await agent.destroy();
    },
  };
}

export function isLoopbackUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  const isHttp = protocol === 'http:' || protocol === 'https:';
  return isHttp && (/^127(\.\d+){3}$/.test(hostname) || hostname === 'localhost' || hostname === '[::1]');
}

function nameOf(failure: unknown): string {
  if (!(failure instanceof Error)) return 'unknown';
  if (failure.name === 'TimeoutError') return 'timeout';
  if (failure.name === 'AbortError') return 'aborted';
  const { code } = failure as Error & { code?: unknown };
  return typeof code === 'string' ? code : failure.message;
}
