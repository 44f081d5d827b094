import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordedHistory } from '../../scripts/record-history.js';
import type { Evidence } from './evidence.js';
import type { Finding } from './judges/finding.js';
import type { World } from './world.js';

// Whatever we hold about an order.
const tables = {
  order: 'select * from orders where id = $1',
  timeline: 'select * from order_events where order_id = $1 order by seq',
  facts: 'select * from order_facts where order_id = $1 order by handled_at',
  mint_intents: 'select * from mint_intents where order_id = $1 order by attempt',
  payments: 'select * from payments where order_id = $1',
  ipns: `select id, payment_id, payment_status, actually_paid, received_at, relayed_at, handled_at, outcome
    from provider_events where order_id = $1 order by received_at`,
  events: 'select * from outgoing_events where order_id = $1',
  deliveries: `select d.*, (select json_agg(a order by a.at) from delivery_attempts a where a.delivery_id = d.id) as log
    from deliveries d join outgoing_events e on e.id = d.event_id where e.order_id = $1`,
  cases: 'select * from support_cases where order_id = $1',
} as const;

/** Writes all that is known of an order into a folder of its own: by us, by the provider, by merchants, by Temporal. */
export async function tellStory(
  world: World,
  evidence: Evidence,
  { orderId, findings, folder }: { orderId: string; findings: readonly Finding[]; folder: string },
): Promise<void> {
  const place = join(folder, orderId);
  mkdirSync(place, { recursive: true });
  const held: Record<string, unknown> = {};
  for (const [name, sql] of Object.entries(tables)) held[name] = (await world.pool.query(sql, [orderId])).rows;
  const payments = new Set(
    evidence.ledger.flatMap((entry) => (entry.kind === 'mint' && entry.order_id === orderId ? [entry.payment_id] : [])),
  );
  const ipns = new Set(
    evidence.ledger.flatMap((entry) =>
      entry.kind === 'ipn' && payments.has(entry.payment_id ?? '') ? [entry.ipn_id] : [],
    ),
  );
  const keys = new Set(evidence.calls.flatMap((call) => (call.orderId === orderId && call.key ? [call.key] : [])));
  const told = new Set(evidence.told.flatMap((event) => (event.orderId === orderId ? [event.eventId] : [])));
  const story = {
    findings: findings.filter((finding) => finding.orderId === orderId),
    held,
    ledger: evidence.ledger.filter(
      (entry) =>
        ('payment_id' in entry && payments.has(entry.payment_id ?? '')) ||
        (entry.kind === 'ipn_attempt' && ipns.has(entry.ipn_id)),
    ),
    calls: evidence.calls.filter((call) => call.orderId === orderId || (call.key !== null && keys.has(call.key))),
    received: evidence.received.filter(({ eventId }) => told.has(eventId)),
  };
  writeFileSync(join(place, 'story.json'), `${JSON.stringify(story, null, 2)}\n`);
  for (const { runId } of evidence.runs.filter((run) => run.orderId === orderId)) {
    const history = await world.temporal.workflow.getHandle(`crypto-order/${orderId}`, runId).fetchHistory();
    writeFileSync(join(place, `run-${runId}.json`), recordedHistory(history));
  }
}
