import { describe, expect, it } from 'vitest';
import {
  beyond,
  isOfOperators,
  knownScopes,
  operatorRights,
  permits,
  scopesFor,
  type Permission,
  type Scope,
} from '../../src/domain/access/scopes.js';

// docs/contract.md, "Keys, modes and scopes": what each scope opens.
const permissions: Permission[] = [
  'quote',
  'orders:read',
  'orders:write',
  'webhooks:read',
  'webhooks:write',
  'account:read',
  'account:write',
  ...operatorRights,
];
const matrix: [Scope, string][] = [
  // quote, orders read and write, webhooks read and write, account read and write; read, support, accounts, keys, credentials, policies, operations
  ['write', 'y y y y y y y n n n n n n n'],
  ['account_owner', 'y y y y y y y n n n n n n n'],
  ['read', 'y y n y n y n n n n n n n n'],
  ['read:billing', 'y y n n n y n n n n n n n n'],
  ['read:webhooks', 'n n n y n n n n n n n n n n'],
  ['admin:billing', 'n n y n n n n n n n n n n n'],
  ['admin', 'n n y n y n y n n n n n n n'],
  ['operator:read', 'n n n n n n n y n n n n n n'],
  ['operator:support', 'n n n n n n n n y n n n n n'],
  ['operator:accounts', 'n n n n n n n n n y n n n n'],
  ['operator:keys', 'n n n n n n n n n n y n n n'],
  ['operator:credentials', 'n n n n n n n n n n n y n n'],
  ['operator:policies', 'n n n n n n n n n n n n y n'],
  ['operator:operations', 'n n n n n n n n n n n n n y'],
  ['driftstack_internal_admin', 'n n n n n n n y y y y y y y'],
];

describe('a key with one scope', () => {
  it.each(matrix)('%s opens %s', (scope, opens) => {
    expect(permissions.map((permission) => (permits([scope], permission) ? 'y' : 'n')).join(' ')).toBe(opens);
  });

  it('is in the matrix for every scope that is known', () => {
    expect(matrix.map(([scope]) => scope).sort()).toEqual([...knownScopes].sort());
  });
});

describe('a key', () => {
  it('with several scopes opens what any of them opens', () => {
    expect(permits(['read:webhooks', 'admin:billing'], 'webhooks:read')).toBe(true);
    expect(permits(['read:webhooks', 'admin:billing'], 'orders:write')).toBe(true);
    expect(permits(['read:webhooks', 'admin:billing'], 'orders:read')).toBe(false);
  });

  it('of operators is one that holds any of their scopes', () => {
    const [ofOperators, ofMerchants] = [
      knownScopes.filter(isOfOperators),
      knownScopes.filter((each) => !isOfOperators(each)),
    ];
    expect(ofOperators).toEqual([...operatorRights, 'driftstack_internal_admin']);
    expect(ofMerchants).toEqual([
      'write',
      'read',
      'read:billing',
      'read:webhooks',
      'admin:billing',
      'account_owner',
      'admin',
    ]);
    expect(isOfOperators('operator:everything')).toBe(false);
  });

  it.each([[[]], [['WRITE']], [['write ']], [['orders:write']], [['constructor']], [['*']], [['read:']]])(
    'with scopes %j opens nothing',
    (scopes) => {
      for (const permission of permissions) expect(permits(scopes, permission)).toBe(false);
    },
  );
});

describe('a refusal names the scopes that would do', () => {
  it.each([
    ['orders:write', ['write', 'admin:billing', 'account_owner', 'admin']],
    ['orders:read', ['write', 'read', 'read:billing', 'account_owner']],
    ['webhooks:write', ['write', 'account_owner', 'admin']],
    ['operator:keys', ['operator:keys', 'driftstack_internal_admin']],
  ] as [Permission, Scope[]][])('%s: %j', (permission, scopes) => {
    expect(scopesFor(permission)).toEqual(scopes);
  });
});

describe('nobody gives a right that he does not hold', () => {
  it.each([
    [['operator:keys'], ['operator:read'], ['operator:read']],
    [['operator:keys'], ['operator:keys'], []],
    [['operator:keys'], ['write', 'account_owner'], []],
    [['operator:keys', 'operator:read'], ['driftstack_internal_admin'], ['driftstack_internal_admin']],
    [[...operatorRights], ['driftstack_internal_admin'], []],
    [['driftstack_internal_admin'], ['driftstack_internal_admin', 'operator:support'], []],
  ])('%j gives %j: beyond it %j', (held, given, lacking) => {
    expect(beyond(held, given)).toEqual(lacking);
  });
});
