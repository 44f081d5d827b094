import { consoleAccountPage } from '../../src/web/console/accounts/console-account-page.js';
import { consoleAccountsPage } from '../../src/web/console/accounts/console-accounts-page.js';
import { consoleKeysPage, type ConsoleKey } from '../../src/web/console/accounts/console-keys-page.js';
import type { ConsoleContext } from '../../src/web/console/console-frame.js';

const hostile = '"><svg onload=alert(1)>\u202e';
const id = 'acc_0198c0de-0000-7000-8000-000000000004';

const key: ConsoleKey = {
  id: 'key_0198c0de-0000-7000-8000-000000000005',
  accountId: id,
  mode: 'live',
  prefix: 'dsk_live_Ab3dEf9h',
  scopes: ['write', 'read:webhooks'],
  name: hostile,
  operator: null,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: '2026-11-24T19:20:00.000Z',
  createdAt: '2026-11-01T08:00:00.000Z',
  isOver: false,
};

/** The pages about merchants: their settings, keys, credentials and policies. */
export function accountPages(asOne: ConsoleContext): Readonly<Record<string, () => string>> {
  const context: ConsoleContext = { ...asOne, operator: { name: 'ada', role: 'admin' } };
  const reader: ConsoleContext = { ...asOne, operator: { name: 'rea', role: 'read_only' } };
  const account = {
    id,
    name: `${hostile} ${'Grocery '.repeat(12)}`,
    settings: { min_charge: 0.5, strict_idempotency: true },
    createdAt: '2026-11-01T08:00:00.000Z',
    updatedAt: '2026-11-24T19:20:00.000Z',
  };
  const provider = { live: 'own', test: 'stub' } as const;
  const keys = {
    operators: ['ada', 'mira'],
    made: null,
    nextCursor: 'c1',
    keys: [
      key,
      { ...key, mode: 'test' as const, accountId: null, name: 'on call', operator: 'mira', scopes: ['operator:read'] },
      { ...key, accountId: null, name: 'old', revokedAt: '2026-11-02T08:00:00.000Z', lastUsedAt: null, isOver: true },
    ],
  };
  return {
    accounts: () =>
      consoleAccountsPage({
        context,
        accounts: [
          { id, name: hostile, provider, createdAt: account.createdAt },
          { id, name: 'Corner shop', provider: { live: 'installation', test: 'own' }, createdAt: account.createdAt },
        ],
        nextCursor: 'c1',
      }),
    'accounts-none': () => consoleAccountsPage({ context, accounts: [], nextCursor: null }),
    account: () => consoleAccountPage({ context, account, provider }),
    'account-read': () => consoleAccountPage({ context: reader, account, provider }),
    keys: () => consoleKeysPage({ ...keys, context, account: null }),
    'keys-of-account': () => consoleKeysPage({ ...keys, context, account: { id, name: hostile } }),
    'keys-made': () =>
      consoleKeysPage({
        ...keys,
        context,
        account: { id, name: 'Corner shop' },
        made: { name: hostile, key: 'dsk_live_Ab3dEf9h_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG', waits: true },
      }),
  };
}
