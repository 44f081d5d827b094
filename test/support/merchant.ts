import { randomUUID } from 'node:crypto';
import { hashKey, keyPrefix, mintKey } from '../../src/api/http/keys.js';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { insertApiKey } from '../../src/db/accounts/api-keys.js';
import type { Pool } from '../../src/db/pool.js';
import type { Mode } from '../../src/domain/ids.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- JSON as a merchant sees it
}

/** Somebody with an API key, calling over HTTP. */
export interface Merchant {
  readonly accountId: string | null;
  readonly key: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  checkout(over?: Record<string, unknown>, idempotencyKey?: string): Promise<Answer>;
}

/** A live key of an account that is there. */
export function merchantOf({ pool, apiUrl }: { pool: Pool; apiUrl: string }, accountId: string): Promise<Merchant> {
  return newHolder({ pool, apiUrl }, { mode: 'live', owner: accountId, scope: 'write' });
}

/** One account with a live and a test key, and an operator. */
export async function createMerchant({ pool, apiUrl }: { pool: Pool; apiUrl: string }) {
  const accountId = randomUUID();
  await insertAccount(pool, { id: accountId, name: 'Merchant', settings: { provider: 'installation' } });
  const holder = (mode: Mode, owner: string | null, scope: string) =>
    newHolder({ pool, apiUrl }, { mode, owner, scope });
  return {
    live: await holder('live', accountId, 'write'),
    test: await holder('test', accountId, 'write'),
    admin: await holder('live', null, 'driftstack_internal_admin'),
  };
}

async function newHolder(
  { pool, apiUrl }: { pool: Pool; apiUrl: string },
  { mode, owner, scope }: { mode: Mode; owner: string | null; scope: string },
): Promise<Merchant> {
  const { key } = mintKey(mode);
  const row = { accountId: owner, mode, prefix: keyPrefix(key), sha256: hashKey(key), scopes: [scope], name: scope };
  await insertApiKey(pool, { id: randomUUID(), ...row, expiresAt: null });
  return holderOf(apiUrl, key, owner);
}

function holderOf(apiUrl: string, key: string, accountId: string | null): Merchant {
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : { text } };
  }
  return {
    accountId,
    key,
    call,
    checkout: (over = {}, idempotencyKey = randomUUID()) =>
      call(
        'POST',
        '/v1/billing/crypto-checkout',
        { product: 'team_manual', price_cents: 4900, price_currency: 'USD', ...over },
        { 'idempotency-key': idempotencyKey },
      ),
  };
}
