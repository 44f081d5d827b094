import { randomBytes } from 'node:crypto';
import type { Mode } from '../../domain/ids.js';
import type { CoinChoice } from '../../domain/payments/offer.js';
import type { Stub } from '../../domain/stub.js';
import { assert } from '../../domain/invariant.js';
import { anyCounterSlot, findKeyedOrder } from './idempotency-keys.js';
import { lockRoom, orderRoom, type OrderLimits, type Room } from './order-limits.js';
import type { RoomKeeper } from './order-room.js';
import { orderColumns, type OrderRow } from './orders.js';
import type { Database, Pool } from '../pool.js';
import { inTransaction, maybeOne } from '../query.js';

export interface OrderDraft {
  readonly accountId: string;
  readonly mode: Mode;
  readonly product: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly stub: Stub | null; // why it will have no address; null: the provider is asked for one
  readonly coinChoice: CoinChoice;
  readonly requestedCoin: string | null; // null: its payer chooses
  readonly customerReference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string | null;
  readonly successUrl: string | null;
  readonly returnUrl: string | null;
  readonly cancelUrl: string | null;
  readonly payWindowMs: number;
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null;
}

export type Placement =
  | { readonly kind: 'placed'; readonly order: OrderRow }
  | { readonly kind: 'replay'; readonly order: OrderRow; readonly fingerprint: string }
  | { readonly kind: 'limited'; readonly reached: NonNullable<Room['reached']> };

export interface PlacementGuard {
  readonly limits: OrderLimits;
  readonly keeper: RoomKeeper;
}

const mostDraws = 5; // of 48 random bits: a second one is already rare

/**
 * Places an order: limits, idempotency key, row, first line of the timeline and counter, all or nothing. Whoever loses a
 * race for a key gets the winner's order, and a stored key is never refused.
 */
export async function placeOrder(pool: Pool, draft: OrderDraft, guard: PlacementGuard): Promise<Placement> {
  for (let draw = 1; ; draw += 1) {
    try {
      return await tryPlacing(pool, draft, guard);
    } catch (failure) {
      if (draw === mostDraws || !isIdTaken(failure)) throw failure;
    }
  }
}

/** A key that has its order is found by the insert itself: hardly any checkout is a replay. */
async function tryPlacing(pool: Pool, draft: OrderDraft, { limits, keeper }: PlacementGuard): Promise<Placement> {
  if (!(await keeper.hasRoom(pool, draft, limits))) {
    return (await replayOf(pool, draft)) ?? placeWithinLimits(pool, draft, limits);
  }
  const placed = await insertOrder(pool, draft);
  return placementOf(pool, draft, placed);
}

/** Near a limit the account's checkouts go one by one: two at once would both take the last place. */
async function placeWithinLimits(pool: Pool, draft: OrderDraft, limits: OrderLimits): Promise<Placement> {
  return inTransaction(pool, async (db) => {
    await lockRoom(db, draft);
    const { reached } = await orderRoom(db, draft, limits);
    if (reached) return (await replayOf(db, draft)) ?? { kind: 'limited', reached };
    const placed = await insertOrder(db, draft);
    return placementOf(db, draft, placed);
  });
}

async function placementOf(db: Database, draft: OrderDraft, placed: OrderRow | null): Promise<Placement> {
  if (placed) return { kind: 'placed', order: placed };
  const winner = await replayOf(db, draft);
  assert(winner, 'a key was taken and then had no order');
  return winner;
}

async function replayOf(db: Database, draft: OrderDraft): Promise<(Placement & { kind: 'replay' }) | null> {
  if (!draft.idempotency) return null;
  const { accountId, mode } = draft;
  const found = await findKeyedOrder(db, { accountId, mode, key: draft.idempotency.key });
  return found && { kind: 'replay', ...found };
}

function isIdTaken(failure: unknown): boolean {
  return failure instanceof Error && 'constraint' in failure && failure.constraint === 'orders_pkey';
}

/** One statement, so one transaction. Null: somebody else has the key. */
function insertOrder(db: Database, draft: OrderDraft): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(
    db,
    `with key as (
       insert into idempotency_keys (account_id, mode, key, order_id, fingerprint)
       select $2::uuid, $3, $12, $1, $13 where $12::text is not null
       on conflict (account_id, mode, key) do nothing returning order_id
     ), placed as (
       insert into orders as o (id, account_id, mode, product, price_cents, price_currency, provider, requested_coin,
         customer_reference, metadata, success_url, pay_token, expires_at, created_at, updated_at, stub_reason, stub_minimum,
         stub_minimum_currency, coin_choice, description, return_url, cancel_url)
       select $1, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10, $11, $14, now() + make_interval(secs => $15 / 1000.0),
         now(), now(), $17, $18, $19, $20, $21, $22, $23
       where $12::text is null or exists (select 1 from key)
       returning ${orderColumns}
     ), line as (
       insert into order_events (order_id, seq, status, source, event, at)
       select id, 1, 'pending', 'create', 'created', "createdAt" from placed
     ), counted as (
       update idempotency_counters set first_writes = first_writes + 1 where slot = $16 and exists (select 1 from key)
     )
     select * from placed`,
    [
      `ord_${randomBytes(6).toString('hex')}`,
      draft.accountId,
      draft.mode,
      draft.product,
      draft.priceCents,
      draft.priceCurrency,
      draft.stub === null ? 'nowpayments' : 'stub',
      draft.requestedCoin,
      draft.customerReference,
      draft.metadata,
      draft.successUrl,
      draft.idempotency?.key ?? null,
      draft.idempotency?.fingerprint ?? null,
      randomBytes(24).toString('base64url'),
      draft.payWindowMs,
      anyCounterSlot(),
      draft.stub?.reason ?? null,
      draft.stub?.minimum?.amount ?? null,
      draft.stub?.minimum?.currency ?? null,
      draft.coinChoice,
      draft.description,
      draft.returnUrl,
      draft.cancelUrl,
    ],
  );
}
