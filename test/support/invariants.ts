import { expect } from 'vitest';
import type { Stack } from './stack.js';

export interface LedgerEntry {
  readonly kind: string;
  readonly payment_id: string;
  readonly order_id?: string;
  readonly amount?: string;
  readonly direction?: string;
  readonly ipn_id?: string;
  readonly http_status?: number | null;
}

/** Everything the simulator's ledger holds: the truth about mints and coins. */
export async function wholeLedger(stack: Stack): Promise<LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  for (let after = 0; ;) {
    const { entries, next } = await stack.sim<{ entries: LedgerEntry[]; next: number }>(
      `/ledger?after=${after}&limit=1000`,
    );
    if (entries.length === 0) return all;
    all.push(...entries);
    after = next;
  }
}

/** Queries that must answer no row, whatever happened (reliability.md section 2). */
const noRow: Record<string, string> = {
  'I3 paid has one entitlement': `select o.id from orders o left join entitlements e on e.order_id = o.id
    group by o.id having count(e.order_id) <> (o.status = 'paid')::int`,
  'I3 paid has one receipt': `select o.id from orders o left join receipts r on r.order_id = o.id
    group by o.id having count(r.order_id) <> (o.status = 'paid')::int`,
  'I3 paid has one event': `select o.id from orders o left join outgoing_events e
    on e.order_id = o.id and e.type = 'crypto.order.paid' group by o.id having count(e.id) <> (o.status = 'paid')::int`,
  'I6 every order IPN is handled': `select id from provider_events where handled_at is null`,
  'I8 one event of a kind': `select order_id, type from outgoing_events group by 1, 2 having count(*) > 1`,
  'I9 receipts match their hash': `select order_id from receipts
    where sha256 <> encode(sha256(convert_to(body, 'UTF8')), 'hex')`,
  'I11 each unusual coin has one open case': `select p.payment_id from payments p left join support_cases c
    on c.payment_id = p.payment_id where p.excess + p.unapplied > 0 group by p.mode, p.payment_id
    having count(c.id) = 0 or count(c.id) filter (where c.resolved_at is null) > 1`,
  'I13 the row is its last event': `select o.id from orders o where o.status <> (select e.status from order_events e
    where e.order_id = o.id order by seq desc limit 1)`,
  'I19 one writer': `select order_id from order_events where source <> 'create' and run_id is null`,
};

/** Checks every invariant against the database and the ledger, once nothing is under way. */
export async function expectInvariants(stack: Stack): Promise<void> {
  for (const [name, sql] of Object.entries(noRow)) {
    const { rows } = await stack.pool.query(sql);
    expect(rows, name).toEqual([]);
  }
  const ledger = await wholeLedger(stack);
  const { rows: payments } = await stack.pool.query<{ payment_id: string; arrived: string; role: string }>(
    'select payment_id, arrived, role from payments',
  );
  const arrived = new Map(payments.map((row) => [row.payment_id, Number(row.arrived)]));
  const coins = new Map<string, number>();
  for (const entry of ledger) {
    if (entry.kind !== 'movement' || entry.direction !== 'in') continue;
    coins.set(entry.payment_id, (coins.get(entry.payment_id) ?? 0) + Number(entry.amount));
  }
  for (const [paymentId, sum] of coins) expect(arrived.get(paymentId), `I10 coins of ${paymentId}`).toBeCloseTo(sum, 6);
  for (const [paymentId, sum] of arrived)
    expect(coins.get(paymentId) ?? 0, `I10 record of ${paymentId}`).toBeCloseTo(sum, 6);
}
