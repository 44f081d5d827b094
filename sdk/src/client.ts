import { CryptoOrders } from './orders/crypto-orders.js';
import { Account } from './account/account.js';
import { createHttp, type FetchFunction } from './http.js';
import { defaultRetry, type RetryPolicy } from './retry.js';
import { Webhooks } from './webhooks.js';

export interface QuittanceOptions {
  /** `ds_live_…` or `ds_test_…`. It belongs on your server, never in a browser. */
  apiKey: string;
  /** Where your Quittance answers; `http://127.0.0.1:8080` when absent. */
  baseUrl?: string;
  /** 3 retries from 200 ms, doubling to 10 s, with full jitter, when absent. */
  retry?: Partial<RetryPolicy>;
  /** For one attempt, answer included; 30,000 when absent. Infinity: no limit. */
  timeoutMs?: number;
  /** Another `fetch`, for proxies and tests. */
  fetch?: FetchFunction;
  /** Told what is no error and yet not what you meant, such as one idempotency key for two bodies; `console.warn` when absent. */
  onWarning?: (warning: string) => void;
  /** Sent as `x-driftstack-account`. */
  effectiveAccount?: string;
}

/** A client for one API key. */
export class Quittance {
  readonly cryptoOrders: CryptoOrders;
  readonly webhooks: Webhooks;
  readonly account: Account;

  constructor(options: QuittanceOptions) {
    const { timeoutMs = 30_000 } = options;
    if (!(timeoutMs > 0)) throw new TypeError('timeoutMs: more than 0');
    const http = createHttp({
      apiKey: usableApiKey(options.apiKey),
      baseUrl: usableBaseUrl(options.baseUrl ?? 'http://127.0.0.1:8080'),
      retry: { ...defaultRetry, ...options.retry },
      timeoutMs,
      fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)), // browsers insist on its own `this`
      effectiveAccount: options.effectiveAccount,
    });
    this.cryptoOrders = new CryptoOrders(
      http,
      options.onWarning ?? ((warning) => console.warn(`quittance: ${warning}`)),
    );
    this.webhooks = new Webhooks(http);
    this.account = new Account(http);
  }
}

// Checked here because fetch quotes a header that it cannot send, and the key must not reach a log.
function usableApiKey(apiKey: unknown): string {
  const key = typeof apiKey === 'string' ? apiKey.trim() : '';
  if (!/^[\x21-\x7e]+$/.test(key)) throw new TypeError('apiKey: required, printable ASCII');
  return key;
}

function usableBaseUrl(baseUrl: string): string {
  const trimmed = baseUrl.trim().replace(/\/+$/, '');
  if (!/^https?:\/\/[^/?#@]+(\/[^?#]*)?$/i.test(trimmed)) throw new TypeError(`baseUrl: not an http(s) URL`);
  return trimmed;
}
