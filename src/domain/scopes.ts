/** What an API key may hold. Other well-formed scopes are stored and open nothing. */
export const knownScopes = [
  'write',
  'read',
  'read:billing',
  'read:webhooks',
  'admin:billing',
  'account_owner',
  'admin',
  'driftstack_internal_admin',
] as const;
export type Scope = (typeof knownScopes)[number];

/** What a route asks for. */
export type Permission =
  | 'quote'
  | 'orders:read'
  | 'orders:write'
  | 'orders:apply' // an IPN played to a test order
  | 'webhooks:read'
  | 'webhooks:write'
  | 'admin';

const opens: Record<Scope, readonly Permission[]> = {
  write: ['quote', 'orders:read', 'orders:write', 'orders:apply', 'webhooks:read', 'webhooks:write'],
  account_owner: ['quote', 'orders:read', 'orders:write', 'orders:apply', 'webhooks:read', 'webhooks:write'],
  read: ['quote', 'orders:read', 'webhooks:read'],
  'read:billing': ['quote', 'orders:read'],
  'read:webhooks': ['webhooks:read'],
  'admin:billing': ['orders:write'],
  admin: ['orders:write', 'webhooks:write'],
  driftstack_internal_admin: ['admin'],
};

export function permits(scopes: readonly string[], permission: Permission): boolean {
  return scopesFor(permission).some((scope) => scopes.includes(scope));
}

/** The scopes that would do, for the detail of a 403. */
export function scopesFor(permission: Permission): Scope[] {
  return knownScopes.filter((scope) => opens[scope].includes(permission));
}
