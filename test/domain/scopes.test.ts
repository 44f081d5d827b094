import { describe, expect, it } from 'vitest';
import { knownScopes, permits, scopesFor, type Permission, type Scope } from '../../src/domain/access/scopes.js';

// docs/contract.md, "Keys, modes and scopes": what each scope opens.
const permissions: Permission[] = ['quote', 'orders:read', 'orders:write', 'webhooks:read', 'webhooks:write', 'admin'];
const live = (scopes: readonly string[]) => ({ mode: 'live', scopes }) as const;
const matrix: [Scope, string][] = [
  // quote, orders read, orders write, webhooks read, webhooks write, admin
  ['write', 'y y y y y n'],
  ['account_owner', 'y y y y y n'],
  ['read', 'y y n y n n'],
  ['read:billing', 'y y n n n n'],
  ['read:webhooks', 'n n n y n n'],
  ['admin:billing', 'n n y n n n'],
  ['admin', 'n n y n y n'],
  ['driftstack_internal_admin', 'n n n n n y'],
];

describe('a key with one scope', () => {
  it.each(matrix)('%s opens %s', (scope, opens) => {
    expect(permissions.map((permission) => (permits(live([scope]), permission) ? 'y' : 'n')).join(' ')).toBe(opens);
  });

  it('is in the matrix for every scope that is known', () => {
    expect(matrix.map(([scope]) => scope).sort()).toEqual([...knownScopes].sort());
  });
});

describe('a key', () => {
  it('with several scopes opens what any of them opens', () => {
    expect(permits(live(['read:webhooks', 'admin:billing']), 'webhooks:read')).toBe(true);
    expect(permits(live(['read:webhooks', 'admin:billing']), 'orders:write')).toBe(true);
    expect(permits(live(['read:webhooks', 'admin:billing']), 'orders:read')).toBe(false);
  });

  it('of test mode opens the same, but for what live orders depend on', () => {
    for (const scope of knownScopes) {
      for (const permission of permissions) {
        expect(permits({ mode: 'test', scopes: [scope] }, permission)).toBe(permits(live([scope]), permission));
      }
    }
    const scopes = ['driftstack_internal_admin'];
    expect(permits({ mode: 'live', scopes }, 'installation')).toBe(true);
    expect(permits({ mode: 'test', scopes }, 'installation')).toBe(false);
  });

  it.each([[[]], [['WRITE']], [['write ']], [['orders:write']], [['constructor']], [['*']], [['read:']]])(
    'with scopes %j opens nothing',
    (scopes) => {
      for (const permission of permissions) expect(permits(live(scopes), permission)).toBe(false);
    },
  );
});

describe('a refusal names the scopes that would do', () => {
  it.each([
    ['orders:write', ['write', 'admin:billing', 'account_owner', 'admin']],
    ['orders:read', ['write', 'read', 'read:billing', 'account_owner']],
    ['webhooks:write', ['write', 'account_owner', 'admin']],
    ['admin', ['driftstack_internal_admin']],
  ] as [Permission, Scope[]][])('%s: %j', (permission, scopes) => {
    expect(scopesFor(permission)).toEqual(scopes);
  });
});
