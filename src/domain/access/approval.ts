import { Big } from 'big.js';
import type { Price } from '../currency.js';
import type { CoinAmount } from '../money.js';
import { day } from '../timing.js';
import type { OperatorRight } from './scopes.js';

/** What may take two persons. */
export const approvalKinds = ['honour', 'apply_ipn', 'credentials', 'admin_key', 'policy', 'operator'] as const;
export type ApprovalKind = (typeof approvalKinds)[number];

/** Who may decide on it, by the right that doing it takes. */
export const rightFor: Readonly<Record<ApprovalKind, OperatorRight>> = {
  honour: 'operator:support',
  apply_ipn: 'operator:support',
  credentials: 'operator:credentials',
  admin_key: 'operator:keys',
  policy: 'operator:policies',
  operator: 'operator:keys',
};

/** How long a proposal waits for the second person; then it lapses. */
export const approvalWindowMs = day;

/** An order, by what it is worth: what is granted for it, and the coins that were to pay it. */
export interface Worth {
  readonly price: Price;
  readonly owed: CoinAmount | null;
}

/**
 * Whether an order is worth more than the limit. Another currency than the limit's is compared by coins: what the limit costs
 * in the order's coin now. Where nobody can say, it is: a second look costs less than a mistake.
 */
export function isWorthMore({ price, owed }: Worth, limit: Price, limitInCoin: CoinAmount | null): boolean {
  if (price.currency === limit.currency) return price.cents > limit.cents;
  if (owed === null || limitInCoin === null) return true;
  return new Big(owed).gt(limitInCoin);
}

/** What somebody is about to do, as far as it matters for how many persons it takes. */
export type Act =
  | { readonly kind: 'honour' | 'apply_ipn'; readonly isWorthMore: boolean }
  | { readonly kind: 'credentials'; readonly isLive: boolean; readonly takesOver: boolean } // another pair minted until now
  | { readonly kind: 'policy'; readonly isLooser: boolean }
  | { readonly kind: 'admin_key'; readonly isLive: boolean }
  | { readonly kind: 'operator'; readonly givesPower: boolean };

/** What the installation says: whether money is watched by two, and whether there is a second person at all. */
export interface Watch {
  readonly isOn: boolean;
  readonly hasSecondPerson: boolean; // besides whoever acts, somebody who may make keys and operators
}

/**
 * `plain`: anybody with the right may. `two`: a second person has to say the same. `alone`: it would take two, and one may do
 * it, since it is switched off or nobody else is there yet; somebody is to hear of it.
 */
export type Eyes = 'plain' | 'two' | 'alone';

export function eyesFor(act: Act, { isOn, hasSecondPerson }: Watch): Eyes {
  if (!isWeighty(act)) return 'plain';
  // Who may come in is never for one to say, once there are two: a second key or a friend would undo all the rest. While
  // there is one, he must be able to begin.
  if (act.kind === 'admin_key' || act.kind === 'operator') return hasSecondPerson ? 'two' : 'alone';
  return isOn ? 'two' : 'alone';
}

function isWeighty(act: Act): boolean {
  switch (act.kind) {
    case 'honour':
    case 'apply_ipn':
      return act.isWorthMore;
    case 'credentials':
      return act.isLive && act.takesOver;
    case 'policy':
      return act.isLooser;
    case 'admin_key':
      return act.isLive;
    case 'operator':
      return act.givesPower;
  }
}
