import type { Fact, HandedFact } from '../../domain/facts/fact.js';
import type { Meaning } from '../../domain/facts/meaning.js';
import type { Profile } from '../../domain/merchant/profile.js';
import type { CoinAmount } from '../../domain/money.js';
import type { AllowedDecision } from '../../domain/order.js';
import type { Clocks } from '../../domain/timing.js';
import type { Ruling } from '../../db/accounts/account-policies.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { OrderDependencies } from '../dependencies.js';
import type { Telling } from '../tell-endpoints.js';

/** What the order's workflow hands over: one fact, to be settled once. */
export interface HandedInput extends Omit<SettleInput, 'fact'> {
  readonly fact: HandedFact;
}

/** The same with all that was said. */
export interface SettleInput {
  readonly orderId: string;
  readonly fact: Fact;
  readonly also?: readonly string[]; // ids of more IPNs that wait: one reading may answer them too
  readonly clocks: Clocks;
  readonly runId: string;
}

/** A fact with its meaning, before the transaction: all that had to be asked of others has been asked. */
export interface Understood extends SettleInput {
  readonly seen: OrderRow; // as it stood while the fact was being understood
  readonly meaning: Meaning;
  readonly covers: readonly string[]; // ids of more IPNs that this meaning answers
  readonly ruling: Ruling; // the account's policy at this moment
  readonly profile: Profile; // who sells, as the account says now
  readonly lateQuote: CoinAmount | null; // what the price costs in the coin now that it came too late
  readonly topUpFloor: CoinAmount | null; // the least the provider takes of the coin; null: not needed, or not known
}

/** One fact being settled: a move the table allows, on a locked order, in one transaction, at one instant. */
export interface Settlement extends Omit<Understood, 'seen'>, Telling {
  readonly order: OrderRow; // locked, as it stood before
  readonly decision: AllowedDecision;
  readonly signReceipt: OrderDependencies['signReceipt'];
  readonly at: string;
}
