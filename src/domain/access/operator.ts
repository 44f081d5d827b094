import { hour, minute } from '../timing.js';
import { isOfOperators, operatorRights, permits, type OperatorRight } from './scopes.js';

/** What a named person at the console may be. */
export const operatorRoles = ['support', 'admin', 'read_only'] as const;
export type OperatorRole = (typeof operatorRoles)[number];

/** What can be done at the console besides looking. */
export const operatorActions = [
  'case:resolve',
  'order:note',
  'order:apply_ipn',
  'order:sweep',
  'delivery:replay',
  'delivery:discard',
  'reconcile:run',
  'account:change',
  'credentials:change',
  'policy:change',
  'api_key:change',
  'operator:change',
  'approval:decide',
] as const;
export type OperatorAction = (typeof operatorActions)[number];

// Support deals with orders, money and deliveries; what belongs to a whole tenant or installation is the admin's.
const permitted: Record<OperatorRole, readonly OperatorAction[]> = {
  admin: operatorActions,
  support: ['case:resolve', 'order:note', 'delivery:replay', 'reconcile:run', 'approval:decide'],
  read_only: [],
};

const rightsOf: Record<OperatorRole, readonly OperatorRight[]> = {
  admin: operatorRights,
  support: ['operator:read', 'operator:support', 'operator:operations'],
  read_only: ['operator:read'],
};

/** Whether a person of that role has the right, at the console and by key. */
export function hasRight(role: OperatorRole, right: OperatorRight): boolean {
  return rightsOf[role].includes(right);
}

/** What of a key's scopes its person's role leaves: nobody is more by his key than himself. */
export function scopesWithin(role: OperatorRole, scopes: readonly string[]): string[] {
  const held = operatorRights.filter((right) => hasRight(role, right) && permits(scopes, right));
  return [...scopes.filter((scope) => !isOfOperators(scope)), ...held];
}

export function operatorMay(role: OperatorRole, action: OperatorAction): boolean {
  return permitted[role].includes(action);
}

/** What can be changed about an operator; of his second factor only that it is gone, as his telephone is. */
export const operatorChanges = ['add', 'role', 'password', 'second_factor', 'disable', 'enable'] as const;
export type OperatorChange = (typeof operatorChanges)[number];

/**
 * Whether a change gives somebody power: a person more, a higher role, a password by which another could come in. Whatever is
 * done to an admin does: with one admin less, the others need fewer to agree.
 */
export function givesPower(change: OperatorChange, role: OperatorRole | null, roleNow: OperatorRole | null): boolean {
  if (roleNow === 'admin') return true;
  return change === 'role' ? role !== 'read_only' : change !== 'disable';
}

/** How an operator is named in the audit log and on a case: never like an API key. */
export function operatorActor(name: string): string {
  return `operator:${name}`;
}

const nameShape = /^[a-z0-9._-]{2,64}$/;

export function isOperatorName(text: string): boolean {
  return nameShape.test(text);
}

export const passwordLength = { least: 12, most: 256 } as const; // code points

/** Why a password is refused; null: it is good enough. */
export function passwordFault(password: string): string | null {
  const length = [...password].length;
  if (length < passwordLength.least) return `expected at least ${passwordLength.least} characters`;
  if (length > passwordLength.most) return `expected at most ${passwordLength.most} characters`;
  return new Set(password).size < 5 ? 'expected at least five different characters' : null;
}

export const consoleSessionMs = 8 * hour;
export const consoleIdleMs = 30 * minute; // unused for so long, a session is over
export const confirmationMs = 10 * minute; // how long it counts that somebody showed who he is
