import type { LookupFunction } from 'node:net';
import { Pool, type ProxyAgent } from 'undici';
import { wayThrough } from './egress-proxy.js';

export interface EndpointPool {
  readonly pool: Pool | ProxyAgent;
  readonly origin: string; // where its requests go: through a proxy the checked address, else the endpoint's own origin
  /** What the next connections may dial: replaced by each attempt with the addresses it has just checked. */
  addresses: readonly string[];
}

export interface PoolSettings {
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly maxPools: number;
  readonly proxyUrl: string | null; // through which all deliveries go; null: straight
}

const idleMs = 4_000; // below the 5 s after which Node, the commonest receiver, closes

/** Sockets of one endpoint serve no other: a slow one cannot use up theirs, and no two merchants share a connection. */
export class EndpointPools {
  readonly #pools = new Map<string, EndpointPool>(); // least recently used first

  constructor(private readonly settings: PoolSettings) {}

  take(endpointId: string, url: URL, addresses: readonly string[]): EndpointPool {
    const { proxyUrl } = this.settings;
    // A proxy has one address to dial, best one of IPv4, which every proxy can reach; another address is another tunnel.
    const address = addresses.find((each) => !each.includes(':')) ?? addresses[0] ?? '';
    const key = `${endpointId} ${url.origin}${proxyUrl === null ? '' : ` ${address}`}`;
    const known = this.#pools.get(key);
    const entry = known ?? (proxyUrl === null ? this.#open(url) : this.#openThrough(proxyUrl, url, address));
    entry.addresses = addresses;
    this.#pools.delete(key);
    this.#pools.set(key, entry);
    if (!known) this.#evict();
    return entry;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.destroy()));
  }

  #open(url: URL): EndpointPool {
    const { connections, connectTimeoutMs, headersTimeoutMs } = this.settings;
    const lookup: LookupFunction = (_hostname, options, callback) => {
      const found = entry.addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      const first = found[0];
      if (!first) return callback(new Error('no checked address'), []);
      if (options.all) return callback(null, found);
      callback(null, first.address, first.family);
    };
    const pool = new Pool(url.origin, {
      connections,
      headersTimeout: headersTimeoutMs,
      keepAliveTimeout: idleMs,
      connect: {
        timeout: connectTimeoutMs,
        lookup,
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: 1_000,
        rejectUnauthorized: true, // said aloud: NODE_TLS_REJECT_UNAUTHORIZED must not reach deliveries
      },
    });
    const entry: EndpointPool = { pool, origin: url.origin, addresses: [] };
    return entry;
  }

  #openThrough(proxyUrl: string, url: URL, address: string): EndpointPool {
    const { agent, origin } = wayThrough({ ...this.settings, proxyUrl, idleMs }, url, address);
    return { pool: agent, origin, addresses: [] };
  }

  #evict(): void {
    if (this.#pools.size <= this.settings.maxPools) return;
    for (const [key, { pool }] of this.#pools) {
      this.#pools.delete(key);
      void pool.close(); // lets requests on their way finish
      return;
    }
  }
}
