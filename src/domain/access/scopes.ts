/** What an operator's key may hold each by itself; `driftstack_internal_admin` is their sum. Such a key has no account. */
export const operatorRights = [
  'operator:read', // orders, cases, accounts, keys by their prefixes, the audit log
  'operator:support', // decisions on cases, notes, an IPN played to an order
  'operator:accounts', // merchants and their settings
  'operator:keys', // who may call
  'operator:credentials', // where an account's coins go
  'operator:policies', // what is taken for the price
  'operator:operations', // deliveries, sweep, reconcile
] as const;
export type OperatorRight = (typeof operatorRights)[number];

export const allRights = 'driftstack_internal_admin';

/** What an API key may hold. Other well-formed scopes are stored and open nothing. */
export const knownScopes = [
  'write',
  'read',
  'read:billing',
  'read:webhooks',
  'admin:billing',
  'account_owner',
  'admin',
  ...operatorRights,
  allRights,
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
  | 'account:read' // how the account shows itself
  | 'account:write'
  | OperatorRight;

const wholeCustomerSide: readonly Permission[] = [
  'quote',
  'orders:read',
  'orders:write',
  'orders:apply',
  'webhooks:read',
  'webhooks:write',
  'account:read',
  'account:write',
];

const opens: Record<Scope, readonly Permission[]> = {
  write: wholeCustomerSide,
  account_owner: wholeCustomerSide,
  read: ['quote', 'orders:read', 'webhooks:read', 'account:read'],
  'read:billing': ['quote', 'orders:read', 'account:read'],
  'read:webhooks': ['webhooks:read'],
  'admin:billing': ['orders:write'],
  admin: ['orders:write', 'webhooks:write', 'account:write'],
  'operator:read': ['operator:read'],
  'operator:support': ['operator:support'],
  'operator:accounts': ['operator:accounts'],
  'operator:keys': ['operator:keys'],
  'operator:credentials': ['operator:credentials'],
  'operator:policies': ['operator:policies'],
  'operator:operations': ['operator:operations'],
  driftstack_internal_admin: operatorRights,
};

/** Whether one of the scopes that a key holds opens it. */
export function permits(scopes: readonly string[], permission: Permission): boolean {
  return scopesFor(permission).some((scope) => scopes.includes(scope));
}

/** The scopes that would do, for the detail of a 403. */
export function scopesFor(permission: Permission): Scope[] {
  return knownScopes.filter((scope) => opens[scope].includes(permission));
}

/** Whether a scope is an operator's, so that a key with it belongs to no account. */
export function isOfOperators(scope: string): boolean {
  return scope === allRights || operatorRights.some((right) => right === scope);
}

/** What somebody would give without holding it himself: whoever makes keys does not make himself more than he is. */
export function beyond(held: readonly string[], given: readonly string[]): string[] {
  const needed = (scope: string) =>
    scope === allRights ? operatorRights : operatorRights.filter((each) => each === scope);
  return given.filter((scope) => !needed(scope).every((right) => permits(held, right)));
}
