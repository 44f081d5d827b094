import type { Mode } from '../ids.js';

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
  | 'admin' // what a test key may do too, to test rows
  | 'installation'; // what live orders depend on as well

const opens: Record<Scope, readonly Permission[]> = {
  write: ['quote', 'orders:read', 'orders:write', 'orders:apply', 'webhooks:read', 'webhooks:write'],
  account_owner: ['quote', 'orders:read', 'orders:write', 'orders:apply', 'webhooks:read', 'webhooks:write'],
  read: ['quote', 'orders:read', 'webhooks:read'],
  'read:billing': ['quote', 'orders:read'],
  'read:webhooks': ['webhooks:read'],
  'admin:billing': ['orders:write'],
  admin: ['orders:write', 'webhooks:write'],
  driftstack_internal_admin: ['admin', 'installation'],
};

export interface Holder {
  readonly mode: Mode;
  readonly scopes: readonly string[];
}

export function permits({ scopes, mode }: Holder, permission: Permission): boolean {
  return (mode === 'live' || !isForLive(permission)) && scopesFor(permission).some((scope) => scopes.includes(scope));
}

/** Whether no test key opens it, whatever its scopes: it changes, or shows, what belongs to live orders too. */
export function isForLive(permission: Permission): boolean {
  return permission === 'installation';
}

/** The scopes that would do, for the detail of a 403. */
export function scopesFor(permission: Permission): Scope[] {
  return knownScopes.filter((scope) => opens[scope].includes(permission));
}
