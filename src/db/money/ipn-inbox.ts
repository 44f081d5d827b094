import { isWorthRinging } from '../../domain/facts/doorbell.js';
import { assert } from '../../domain/invariant.js';
import type { Database } from '../pool.js';
import { many, selectList } from '../query.js';
import { circumstancesOf, type Circumstances, type RungOrder } from './ipn-circumstances.js';
import type { NewProviderEvent } from './provider-events.js';

export interface StoredProviderEvent {
  readonly id: string;
  readonly isNew: boolean;
  readonly relayed: boolean;
  readonly order: RungOrder | null;
}

interface KnownEvent {
  readonly id: string;
  readonly relayed: boolean;
}

interface FoundEvent extends KnownEvent {
  readonly fingerprint: string;
}

export const foundColumns = selectList<FoundEvent>({
  id: 'id',
  fingerprint: 'fingerprint',
  relayed: 'relayed_at is not null',
});

/**
 * Puts authentic IPNs into the inbox, all in one statement that commits by itself, handled already if they cannot change
 * anything; a known fingerprint stores nothing. Answers in the order of what was given.
 */
export async function storeProviderEvents(
  db: Database,
  events: readonly NewProviderEvent[],
): Promise<StoredProviderEvent[]> {
  const found = await circumstancesOf(db, events);
  const fresh = new Map<string, InboxRow>(); // the first of each fingerprint
  for (const [place, event] of events.entries()) {
    const { known, order, payment } = found[place]!;
    if (known || fresh.has(event.fingerprint)) continue;
    fresh.set(event.fingerprint, { event, orderId: order?.id ?? null, outcome: outcomeAtOnce(event, order, payment) });
  }
  const inserted = await insertEvents(db, [...fresh.values()]);
  const missed = [...fresh.keys()].filter((fingerprint) => !inserted.has(fingerprint)); // another process was faster
  const others = await knownEvents(db, missed);
  return events.map(({ id, fingerprint }, place) => {
    const { known, order } = found[place]!;
    const row = known ?? inserted.get(fingerprint) ?? others.get(fingerprint);
    assert(row, `an IPN is neither new nor known: ${fingerprint}`);
    return { id: row.id, isNew: row.id === id, relayed: row.relayed, order };
  });
}

/** Why nobody has to hear of it; null: the order's workflow must. */
function outcomeAtOnce(
  event: NewProviderEvent,
  order: RungOrder | null,
  payment: Circumstances['payment'],
): string | null {
  if (!order) return `no order: ${event.kind}`;
  const notice = { ...event, status: event.paymentStatus };
  return isWorthRinging(order, notice, payment) ? null : `nothing new: ${event.paymentStatus}`;
}

interface InboxRow {
  readonly event: NewProviderEvent;
  readonly orderId: string | null;
  readonly outcome: string | null;
}

/** Those that were not there; in the order of their unique key, so that two processes never wait for each other. */
async function insertEvents(db: Database, rows: readonly InboxRow[]): Promise<Map<string, KnownEvent>> {
  if (rows.length === 0) return new Map();
  const given = rows.map(({ event, orderId, outcome }) => ({
    id: event.id,
    fingerprint: event.fingerprint,
    account_id: event.accountId,
    kind: event.kind,
    form: event.form,
    payment_id: event.paymentId,
    parent_payment_id: event.parentPaymentId,
    order_id: orderId,
    payment_status: event.paymentStatus,
    actually_paid: event.actuallyPaid,
    pay_currency: event.payCurrency,
    raw: event.raw.toString('base64'),
    headers: event.headers,
    outcome,
  }));
  return byFingerprint(
    await many<FoundEvent>(
      db,
      `insert into provider_events (id, fingerprint, account_id, kind, form, payment_id, parent_payment_id, order_id,
         payment_status, actually_paid, pay_currency, raw, headers, relayed_at, handled_at, outcome, next_relay_at)
       select id, fingerprint, account_id, kind, form, payment_id, parent_payment_id, order_id,
         payment_status, actually_paid, pay_currency, decode(raw, 'base64'), headers,
         case when outcome is not null then now() end, case when outcome is not null then now() end, outcome,
         case when outcome is null then now() + interval '2 seconds' end -- until then it is the receiver's to hand over
       from json_to_recordset($1) as n (id uuid, fingerprint text, account_id uuid, kind text, form text,
         payment_id text, parent_payment_id text, order_id text, payment_status text, actually_paid text,
         pay_currency text, raw text, headers jsonb, outcome text)
       order by fingerprint
       on conflict (fingerprint) do nothing returning ${foundColumns}`,
      [JSON.stringify(given)],
    ),
  );
}

async function knownEvents(db: Database, fingerprints: readonly string[]): Promise<Map<string, KnownEvent>> {
  if (fingerprints.length === 0) return new Map();
  const sql = `select ${foundColumns} from provider_events where fingerprint = any ($1)`;
  return byFingerprint(await many<FoundEvent>(db, sql, [fingerprints]));
}

function byFingerprint(rows: readonly FoundEvent[]): Map<string, KnownEvent> {
  return new Map(rows.map((row) => [row.fingerprint, row]));
}
