import { isIP, isIPv6 } from 'node:net';
import { ProxyAgent } from 'undici';

/** A way to one endpoint through the egress proxy, that leads to the address which was checked and nowhere else. */
export interface ProxiedWay {
  readonly agent: ProxyAgent;
  /** The target as the proxy is asked for it: by address, since it would look up the name again. */
  readonly origin: string;
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
