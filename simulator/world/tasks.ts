import type { AmountText } from '../decimal.js';
import type { Status } from './payments.js';

export type Forgery = 'wrong_secret' | 'no_signature' | 'sha256' | 'bit_flip' | 'other_order';

/** What becomes of the IPNs of a transfer. */
export type IpnMode = 'send' | 'drop' | 'reorder' | { duplicate: number } | { delay: number } | { forge: Forgery };

/** Coins that somebody sends, and what the provider makes of them. */
export interface Transfer {
  paymentId: string;
  fraction?: AmountText;
  amount?: AmountText;
  coin?: string;
  then?: Status[];
  stepMs?: number;
  /** Stays this long in the first status. */
  holdMs?: number;
  ipn: IpnMode;
  scenario: string | null;
  /** Sent one by one once this transfer has reached its end. */
  afterwards?: Transfer[];
}

/** The statuses a payment still has to walk through. */
export interface Walk {
  paymentId: string;
  remaining: Status[];
  stepMs: number;
  holdMs: number;
  ipn: IpnMode;
  heldIpnIds: string[];
  afterwards: Transfer[];
}

/** Plain objects, so that what is due survives a restart. */
export type Task =
  | { kind: 'walk'; walk: Walk }
  | { kind: 'transfer'; transfer: Transfer }
  | { kind: 'send_ipn'; ipnId: string; round: number; copies: number }
  | { kind: 'scenario'; name: string; paymentId: string }
  | { kind: 'watch_ends'; paymentId: string };

export interface ScheduledTask {
  id: number;
  dueMs: number;
  task: Task;
}

export type TaskLine = { record: 'task'; task: ScheduledTask } | { record: 'task_done'; id: number };
