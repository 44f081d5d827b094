import type { FactOutcome } from '../../domain/facts/fact.js';
import { isUuid } from '../../domain/ids.js';
import type { DepositRead } from '../../domain/payments/deposit-reading.js';
import { rulingIn, rulingWithin, type Ruling, type StoredRuling } from '../accounts/account-policies.js';
import { profileIn, profileWithin, type ProfileRow } from '../accounts/profiles.js';
import { unpublishedWithin } from '../deliveries/outgoing-events.js';
import { depositReadColumns } from '../money/deposit-reads.js';
import { mintIntentColumns, type MintIntentRow } from '../money/mint-intents.js';
import { paymentColumns, type PaymentRow } from '../money/payments.js';
import { providerEventColumns, type ProviderEventRow } from '../money/provider-events.js';
import type { Database } from '../pool.js';
import { isoText, maybeOne, one, rowsWithin } from '../query.js';
import { pairWithin, type PairOnRecord } from '../secrets/pair-on-record.js';
import { declinedWithin } from '../support/cases-of-coins.js';
import { hasOpenCaseWithin } from '../support/support-cases.js';
import { isToldOfSlownessWithin } from './order-facts.js';
import { orderColumns, type OrderRow } from './orders.js';

/** An order with all that is on record of it and decides about it, as of one moment. */
export interface OrderRecord extends Beside {
  readonly order: OrderRow;
  readonly ruling: Ruling; // the account's policy
  readonly profile: ProfileRow; // the account's, of the order's mode
  readonly outcomes: ReadonlyMap<string, FactOutcome>; // of the facts that were asked about, those dealt with
}

interface Beside {
  readonly now: string; // that moment, by the database's clock
  readonly pair: PairOnRecord;
  readonly payments: readonly PaymentRow[]; // oldest first
  readonly depositReads: readonly DepositRead[];
  readonly mintIntents: readonly MintIntentRow[];
  readonly declined: readonly string[]; // payments whose coins a person would not take
  readonly hasOpenCase: boolean;
  readonly isToldOfSlowness: boolean;
  readonly unpublished: readonly string[]; // events of which the first attempts have not been made
  readonly notices: readonly ProviderEventRow[]; // of the facts that were asked about, those in the inbox, as they came
}

interface Within extends Beside {
  readonly ruling: StoredRuling | null;
  readonly profile: ProfileRow | null;
  readonly outcomes: Readonly<Record<string, FactOutcome>>;
}

const paymentsWithin = rowsWithin(
  `select ${paymentColumns} from payments where order_id = o.id order by first_seen_at, payment_id`,
);

// $1 is the order, $2 the facts that are asked about, $3 those of them that may be IPNs.
const selectRecord = `select ${orderColumns}, ${isoText('now()')} as now, ${pairWithin('o')} as pair, ${paymentsWithin} as payments,
    ${rowsWithin(`select ${depositReadColumns} from deposit_reads where order_id = o.id`)} as "depositReads",
    ${rowsWithin(`select ${mintIntentColumns} from mint_intents where order_id = o.id order by attempt`)} as "mintIntents",
    ${rulingWithin('o.account_id')} as ruling, ${profileWithin('o')} as profile, ${declinedWithin('o.id')} as declined,
    ${hasOpenCaseWithin('o.id')} as "hasOpenCase", ${isToldOfSlownessWithin('o.id')} as "isToldOfSlowness",
    ${unpublishedWithin('o.id')} as unpublished,
    (select coalesce(jsonb_object_agg(fact_id, outcome), '{}') from order_facts
      where order_id = o.id and fact_id = any ($2)) as outcomes,
    ${rowsWithin(`select ${providerEventColumns} from provider_events where id = any ($3) order by received_at, id`)} as notices
  from orders o where o.id = $1`;

/** The record of an order, in one statement; with what is on record of these facts, which are handed to it. */
export async function findRecord(
  db: Database,
  orderId: string,
  facts: readonly string[] = [],
): Promise<OrderRecord | null> {
  const row = await maybeOne<OrderRow & Within>(db, selectRecord, [orderId, facts, facts.filter(isUuid)]);
  return row && recordIn(row);
}

export type OrderWithPayments = Pick<OrderRecord, 'order' | 'payments'>;

/** What a payer is asked for follows from these. */
export async function findOrderWithPayments(db: Database, orderId: string): Promise<OrderWithPayments | null> {
  const row = await maybeOne<OrderRow & Pick<Within, 'payments'>>(
    db,
    `select ${orderColumns}, ${paymentsWithin} as payments from orders o where o.id = $1`,
    [orderId],
  );
  if (row === null) return null;
  const { payments, ...order } = row;
  return { order, payments };
}

/** Facts that are dealt with by this transaction, and how. */
export interface DealtWith {
  readonly fact: string;
  readonly covers: readonly string[]; // more facts that have the same answer, if nobody gave them one before
  readonly areIpns: boolean;
  readonly outcome: FactOutcome;
}

/**
 * Records facts as dealt with, as the last of a settlement, and answers the order's record as it is then, but for themselves. The
 * caller holds the order's lock. A second record of the fact fails with all that was done for it: `isDealtWith`.
 */
export async function recordFacts(
  db: Database,
  orderId: string,
  { fact, covers, areIpns, outcome }: DealtWith,
  others: readonly string[],
): Promise<OrderRecord> {
  const row = await one<OrderRow & Within>(
    db,
    `with dealt_with as (
       insert into order_facts (order_id, fact_id, outcome) values ($1, $4, $6)
     ), covered as (
       insert into order_facts (order_id, fact_id, outcome) select $1, id, $6 from unnest($5::text[]) id
       on conflict do nothing
     ), handled as (
       update provider_events set handled_at = now(), outcome = $8, relayed_at = coalesce(relayed_at, now()),
         next_relay_at = null, quarantined_at = null
       where id = any ($7) and handled_at is null
     )
     ${selectRecord}`,
    [
      orderId,
      others,
      [],
      fact,
      covers,
      outcome,
      areIpns ? [fact, ...covers] : [],
      `${outcome.kind}: ${outcome.status}`,
    ],
  );
  return recordIn(row);
}

/** Whether a settlement failed since another attempt had dealt with the same fact meanwhile. */
export function isDealtWith(failure: unknown): boolean {
  return failure instanceof Error && 'constraint' in failure && failure.constraint === 'order_facts_pkey';
}

function recordIn({ ruling, profile, outcomes, ...row }: OrderRow & Within): OrderRecord {
  const { now, pair, payments, depositReads, mintIntents, declined, hasOpenCase, isToldOfSlowness, ...rest } = row;
  const { unpublished, notices, ...order } = rest;
  return {
    order,
    now,
    pair,
    payments,
    depositReads,
    mintIntents,
    ruling: rulingIn(ruling),
    profile: profileIn(profile),
    declined,
    hasOpenCase,
    isToldOfSlowness,
    unpublished,
    outcomes: new Map(Object.entries(outcomes)),
    notices,
  };
}
