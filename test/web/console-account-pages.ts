import { consoleAccountPage } from '../../src/web/console/accounts/console-account-page.js';
import { consoleAccountsPage } from '../../src/web/console/accounts/console-accounts-page.js';
import { consoleKeysPage, type ConsoleKey } from '../../src/web/console/accounts/console-keys-page.js';
import { consolePolicyPage } from '../../src/web/console/accounts/console-policy-page.js';
import { defaultPolicy, type Policy } from '../../src/domain/cases/policy.js';
import { consoleProductsPage } from '../../src/web/console/accounts/console-products-page.js';
import { defaultProducts } from '../../src/domain/merchant/products.js';
import { consoleProfilePage } from '../../src/web/console/accounts/console-profile-page.js';
import { logoSha256 } from '../support/a-logo.js';
import type { ConsoleContext } from '../../src/web/console/console-frame.js';

const hostile = '"><svg onload=alert(1)>\u202e';
const id = 'acc_0198c0de-0000-7000-8000-000000000004';

const looser: Policy = { ...defaultPolicy, tolerancePercent: '2', toleranceCapCents: 500, overpaid: 'keep' };
const products = [
  { id: 'team_manual', names: { en: hostile, de: 'Handbuch für Teams' }, prices: { USD: 24900, JPY: 4900 } },
  { id: 'x'.repeat(64), names: {}, prices: { EUR: 7900 } },
];
const saysNothing = {
  displayName: null,
  accentColour: null,
  supportAddress: null,
  legalName: null,
  postalAddress: null,
  taxId: null,
  receiptFooter: null,
  logoSha256: null,
};
const saidAll = {
  displayName: hostile,
  accentColour: '#7a2e8a',
  supportAddress: 'help@shop.example',
  legalName: `${hostile} GmbH & Co. KG`,
  postalAddress: 'Marktplatz 1\n12345 Musterstadt\nGermany',
  taxId: 'DE123456789',
  receiptFooter: 'Thank you.',
  logoSha256,
};
const outcomes = { paid: 0, paid_late: 0, partial: 0, late: 0, unclear: 0, unpaid: 0 };

const key: ConsoleKey = {
  id: 'key_0198c0de-0000-7000-8000-000000000005',
  account: { id, name: 'Corner shop' },
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
      { ...key, mode: 'test' as const, account: null, name: 'on call', operator: 'mira', scopes: ['operator:read'] },
      { ...key, account: null, name: 'old', revokedAt: '2026-11-02T08:00:00.000Z', lastUsedAt: null, isOver: true },
    ],
  };
  const policyView = {
    account: { id, name: hostile },
    version: 2,
    policy: defaultPolicy,
    installation: { tolerancePercent: '1', partialWindowMinutes: 10_080 },
    versions: [
      { version: 2, policy: looser, actor: 'operator:mira', reason: hostile, createdAt: account.updatedAt },
      { version: 1, policy: defaultPolicy, actor: 'operator:ada', reason: null, createdAt: account.createdAt },
    ],
    rehearsal: null,
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
    account: () =>
      consoleAccountPage({ context, account, provider, pairs: [{ mode: 'live', keyLabel: '0a1b2c3d4e5f' }] }),
    profile: () => consoleProfilePage({ context, account: { id, name: hostile }, mode: 'live', profile: saidAll }),
    'profile-none': () =>
      consoleProfilePage({ context, account: { id, name: 'Corner shop' }, mode: 'test', profile: saysNothing }),
    'profile-read': () =>
      consoleProfilePage({ context: reader, account: { id, name: hostile }, mode: 'live', profile: saidAll }),
    products: () => consoleProductsPage({ context, account: { id, name: hostile }, products, isOwn: true }),
    'products-none': () =>
      consoleProductsPage({ context, account: { id, name: 'Corner shop' }, products: defaultProducts, isOwn: false }),
    'products-read': () =>
      consoleProductsPage({ context: reader, account: { id, name: 'Corner shop' }, products, isOwn: true }),
    'account-read': () => consoleAccountPage({ context: reader, account, provider, pairs: [] }),
    policy: () => consolePolicyPage({ ...policyView, context }),
    'policy-rehearsed': () =>
      consolePolicyPage({
        ...policyView,
        context,
        policy: { ...looser, late: { withinMinutes: 60, rateBandPercent: '2.5' } },
        rehearsal: {
          since: '2026-10-24T19:20:00.000Z',
          orders: 1240,
          with_money: 1180,
          current: { outcomes: { ...outcomes, paid: 1150, late: 30 }, overpaid_cases: 4 },
          proposed: { outcomes: { ...outcomes, paid: 1150, paid_late: 22, late: 8 }, overpaid_cases: 0 },
          paid_more_cents: { USD: 123_400, JPY: 9_800 },
          paid_less_cents: {},
          changed: 22,
          changes: [
            {
              order_id: 'ord_0123456789ab',
              price_cents: 4900,
              price_currency: 'USD',
              current: 'late',
              proposed: 'paid_late',
              why: hostile,
            },
          ],
          changes_truncated: true,
        },
      }),
    'policy-read': () => consolePolicyPage({ ...policyView, context: reader, versions: [], version: 0 }),
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
