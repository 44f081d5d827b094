import { Big } from 'big.js';
import { expect } from 'vitest';
import { wholeLedger } from './invariants.js';
import type { Stack } from './stack.js';

/** What became of an order's coins, in its coin or another: each as exact text. */
export interface MoneyOf {
  readonly came: string; // by the simulator's ledger
  readonly applied: string;
  readonly excess: string;
  readonly unresolved: string;
}

/** The order's coins by the ledger, which must be the sum of what we hold as applied, excess and unresolved. */
export async function moneyOf(stack: Stack, orderId: string): Promise<MoneyOf> {
  const ledger = await wholeLedger(stack);
  const minted = ledger.filter((entry) => entry.kind === 'mint' && entry.order_id === orderId);
  const ours = new Set(minted.map((entry) => entry.payment_id));
  const came = ledger
    .filter((entry) => entry.kind === 'movement' && entry.direction === 'in' && ours.has(entry.payment_id))
    .reduce((sum, entry) => sum.plus(entry.amount ?? 0), new Big(0));
  const { rows } = await stack.pool.query<{ applied: string; excess: string; unapplied: string }>(
    `select coalesce(sum(applied), 0) as applied, coalesce(sum(excess), 0) as excess,
       coalesce(sum(unapplied), 0) as unapplied from payments where order_id = $1`,
    [orderId],
  );
  const [applied, excess, unresolved] = [rows[0]!.applied, rows[0]!.excess, rows[0]!.unapplied].map(
    (text) => new Big(text),
  );
  expect(applied!.plus(excess!).plus(unresolved!).toFixed(), 'the ledger, coin by coin').toBe(came.toFixed());
  return {
    came: came.toFixed(),
    applied: applied!.toFixed(),
    excess: excess!.toFixed(),
    unresolved: unresolved!.toFixed(),
  };
}
