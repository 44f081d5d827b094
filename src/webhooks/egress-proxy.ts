import { isIP, isIPv6 } from 'node:net';
import { errors, Pool, ProxyAgent } from 'undici';

/** A way to one endpoint through the egress proxy, that leads to the address which was checked and nowhere else. */
export interface ProxiedWay {
  readonly agent: ProxyAgent;
  /** The target as the proxy is asked for it: by address, since it would look up the name again. */
  readonly origin: string;
}

/** The proxy itself is away, or refuses us: it says nothing about the endpoint that was to be reached through it. */
export class ProxyFault extends Error {
  override readonly name = 'ProxyFault';
}

const refusal = /^Proxy response \((4\d\d)\)/; // a 5xx is what a proxy says of a target that it cannot reach

/** The proxy's own fault in what broke, in words without the name and password of its URL; null: it was not the proxy. */
export function proxyFaultIn(failure: unknown): string | null {
  if (failure instanceof ProxyFault) return failure.message;
  const status = failure instanceof errors.RequestAbortedError ? refusal.exec(failure.message)?.[1] : undefined;
  return status === undefined ? null : `it answers ${status}`;
}

export interface ProxySettings {
  readonly proxyUrl: string;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly idleMs: number;
}

/** The tunnel is TLS between us and the merchant, who is asked for a certificate of his name, not of his address. */
export function wayThrough(settings: ProxySettings, url: URL, address: string): ProxiedWay {
  const target = new URL(url.origin);
  target.hostname = isIPv6(address) ? `[${address}]` : address;
  const isAddress = isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0; // then that is what the certificate is for
  const agent = new ProxyAgent({
    uri: settings.proxyUrl,
    clientFactory: towardsProxy,
    connections: settings.connections,
    headersTimeout: settings.headersTimeoutMs,
    keepAliveTimeout: settings.idleMs,
    proxyTls: { timeout: settings.connectTimeoutMs, rejectUnauthorized: true },
    requestTls: {
      ...(isAddress ? {} : { servername: url.hostname }),
      timeout: settings.connectTimeoutMs,
      rejectUnauthorized: true,
    },
  });
  return { agent, origin: target.origin };
}

type Connect = (options: object, callback: (failure: Error | null, socket: unknown) => void) => void;

/** Whatever breaks before the proxy has heard us is its fault. */
function towardsProxy(origin: URL, options: object): Pool {
  const { connect } = options as { connect: Connect }; // as undici makes it
  const marked: Connect = (target, callback) =>
    connect(target, (failure, socket) => {
      const { code = 'no connection' } = (failure ?? {}) as { code?: string };
      callback(failure && new ProxyFault(`it cannot be reached: ${code}`), socket);
    });
  return new Pool(origin, { ...options, connect: marked as never });
}
