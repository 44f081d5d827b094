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

/** Queries that must answer no row, whatever happened. docs/promises.md, "Invariants" shows the same ones and says why. */
export const noRow: Record<string, string> = {
  'I1 the bound payment is the one the order shows': `select o.id from orders o
    left join payments p on p.order_id = o.id and p.role = 'bound'
    where o.pay_address is not null and p.payment_id is distinct from o.payment_id`,
  'I2 a key names an order of its own account and mode': `select k.key from idempotency_keys k
    join orders o on o.id = k.order_id where (k.account_id, k.mode) is distinct from (o.account_id, o.mode)`,
  'I3 paid has one entitlement': `select o.id from orders o left join entitlements e on e.order_id = o.id
    group by o.id having count(e.order_id) <> (o.status = 'paid')::int`,
  'I3 paid has one receipt': `select o.id from orders o left join receipts r on r.order_id = o.id
    group by o.id having count(r.order_id) <> (o.status = 'paid')::int`,
  'I3 paid has one event': `select o.id from orders o left join outgoing_events e
    on e.order_id = o.id and e.type = 'crypto.order.paid' group by o.id having count(e.id) <> (o.status = 'paid')::int`,
  'I4 paid has its evidence': `select e.order_id from order_events e join orders o on o.id = e.order_id
    where e.status = 'paid' and e.source <> 'support' and not e.detail ? 'policy'
      and ((select sum(p.arrived) from payments p
        where p.order_id = o.id and p.role in ('bound', 'child') and p.coin = o.pay_currency
          and p.provider_status in ('finished', 'partially_paid', 'refunded')) >= 0.99 * o.pay_amount) is not true`,
  'I5 only support leaves a closed status, and only to paid': `select order_id from (
      select order_id, status, source, lag(status) over (partition by order_id order by seq) as before from order_events
    ) step
    where before in ('paid', 'failed', 'cancelled') and (before, status, source) not in (
        ('failed', 'paid', 'support'), ('cancelled', 'paid', 'support'))
      or before is null and (status, source) <> ('pending', 'create')`,
  'I6 every IPN is handled': `select id from provider_events where handled_at is null`,
  'I7 a delivered delivery was accepted': `select id from deliveries
    where status = 'delivered' and (last_response_status between 200 and 299) is not true`,
  'I7 nothing is left to an endpoint that is disabled': `select d.id from deliveries d
    join webhook_endpoints w on w.id = d.endpoint_id
    where d.status in ('pending', 'in_flight') and w.disabled_at < now() - interval '10 minutes'
      and coalesce(d.claimed_until, d.updated_at) < now() - interval '10 minutes'`,
  'I8 one event of a kind': `select order_id, type from outgoing_events where order_id is not null
    group by order_id, type having count(*) > 1`,
  'I9 receipts match their hash': `select order_id from receipts
    where sha256 <> encode(sha256(convert_to(body, 'UTF8')), 'hex')`,
  'I10 coins are spread without a rest': `select payment_id from payments where arrived <> applied + excess + unapplied`,
  'I10 a receipt names the price': `select o.id from orders o join receipts r on r.order_id = o.id
    where r.body::jsonb -> 'price_cents' <> to_jsonb(o.price_cents)
      or r.body::jsonb ->> 'price_currency' <> o.price_currency`,
  'I10 no amount is a float': `select table_name, column_name from information_schema.columns
    where table_schema = 'public' and data_type in ('real', 'double precision')`,
  'I11 each unusual coin has one open case': `select p.payment_id from payments p left join support_cases c
    on c.payment_id = p.payment_id where p.unapplied > 0 or p.excess > 0 and exists (
      select 1 from order_events e where e.order_id = p.order_id and e.event = 'overpaid')
    group by p.mode, p.payment_id having count(c.id) = 0 or count(c.id) filter (where c.resolved_at is null
      and c.kind not in ('refunded', 'slow_confirmation', 'mint_failed')) > 1`,
  'I13 the row is its last event': `select o.id from orders o where o.status <> (select e.status from order_events e
    where e.order_id = o.id order by seq desc limit 1)`,
  'I14 nothing is left lying': `select id::text from orders
      where status = 'pending' and expires_at < now() - interval '5 minutes'
        or status = 'partial' and partial_until < now() - interval '5 minutes'
        or status = 'pending' and opened_at is null and created_at < now() - interval '10 minutes'
    union all
    select id::text from outgoing_events where published_at is null and created_at < now() - interval '10 minutes'`,
  'I15 a delivery stays in its account and mode': `select d.id from deliveries d
    join outgoing_events e on e.id = d.event_id join webhook_endpoints w on w.id = d.endpoint_id
    where (d.account_id, d.mode) is distinct from (e.account_id, e.mode)
      or (d.account_id, d.mode) is distinct from (w.account_id, w.mode)`,
  'I16 what support moved is in the audit log': `select e.order_id from order_events e
    where e.source = 'support' and not exists (select 1 from audit_log a where a.order_id = e.order_id)`,
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
