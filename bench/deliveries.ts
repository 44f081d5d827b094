import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { insertAccount } from '../src/db/accounts/accounts.js';
import type { Pool } from '../src/db/pool.js';
import { seal, secretPurpose, type Keyring } from '../src/db/secrets/seal.js';
import { insertEndpoint, mostEndpoints } from '../src/db/deliveries/webhook-endpoints.js';
import { eventBody, eventData } from '../src/domain/outgoing-event.js';
import { newWebhookSecret, secretPrefix } from '../src/webhooks/sign.js';

const type = 'crypto.order.paid';

export interface Endpoints {
  readonly ids: readonly string[];
  readonly accountId: string; // of the first
}

/** Endpoints whose URLs share a beginning, on as many accounts as it takes. */
export async function makeEndpoints(
  pool: Pool,
  { keyring, urlPrefix, count }: { keyring: Keyring; urlPrefix: string; count: number },
): Promise<Endpoints> {
  const ids: string[] = [];
  const accounts: string[] = [];
  for (let n = 0; n < count; n += 1) {
    if (n % mostEndpoints === 0) {
      accounts.unshift(randomUUID());
      await insertAccount(pool, { id: accounts[0]!, name: 'Bench', settings: { provider: 'installation' } });
    }
    const id = randomUUID();
    const secret = newWebhookSecret();
    await insertEndpoint(pool, {
      id,
      accountId: accounts[0]!,
      mode: 'live',
      url: `${urlPrefix}${n}`,
      events: [type],
      payload: 'brief',
      description: null,
      secretSealed: seal(keyring, secretPurpose(id, 'secret_sealed'), secret),
      secretPrefix: secretPrefix(secret),
    });
    ids.push(id);
  }
  return { ids, accountId: accounts.at(-1)! };
}

/** Deliveries as settled orders leave them, all due at one instant a little ahead. Answers that instant. */
export async function makeDeliveries(pool: Pool, { ids }: Endpoints, count: number): Promise<string> {
  const { rows } = await pool.query<{ due: string }>(
    `select date_trunc('second', now()) + interval '5 seconds' as due`,
  );
  const due = rows[0]!.due;
  const events = Array.from({ length: count }, () => randomUUID());
  for (let from = 0; from < count; from += 2_000) {
    const some = events.slice(from, from + 2_000);
    await pool.query(
      `with given as (
         select * from unnest($1::uuid[], $2::text[], $3::uuid[]) as g (id, body, endpoint_id)
       ), made as (
         insert into outgoing_events (id, account_id, mode, type, body, created_at)
         select g.id, w.account_id, 'live', '${type}', g.body, $4
         from given g join webhook_endpoints w on w.id = g.endpoint_id
       )
       insert into deliveries (id, event_id, endpoint_id, account_id, mode, next_attempt_at, created_at, updated_at)
       select gen_random_uuid(), g.id, g.endpoint_id, w.account_id, 'live', $4, $4, $4
       from given g join webhook_endpoints w on w.id = g.endpoint_id`,
      [some, some.map((id) => bodyOf(id, due)), some.map((_, n) => ids[(from + n) % ids.length]), due],
    );
  }
  await pool.query('analyze deliveries, outgoing_events, webhook_endpoints');
  return due;
}

/** Deliveries to one endpoint that failed once, all due again at one instant. Answers them, and that instant. */
export async function makeRetries(
  pool: Pool,
  { ids, accountId }: Endpoints,
  { count, inSeconds }: { count: number; inSeconds: number },
): Promise<{ ids: string[]; dueMs: number }> {
  const { rows } = await pool.query<{ id: string; due: string }>(
    `with made as (
       insert into outgoing_events (id, account_id, mode, type, body, created_at, published_at)
       select gen_random_uuid(), $2, 'live', '${type}', '{}', now(), now() from generate_series(1, $3) returning id)
     insert into deliveries (id, event_id, endpoint_id, account_id, mode, attempts, next_attempt_at, created_at, updated_at)
     select gen_random_uuid(), id, $1, $2, 'live', 1, now() + make_interval(secs => $4), now(), now() from made
     returning id, next_attempt_at as due`,
    [ids[0], accountId, count, inSeconds],
  );
  return { ids: rows.map(({ id }) => id), dueMs: Date.parse(rows[0]!.due) };
}

export interface Recorded {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly refused: number; // first attempts that will be retried
}

/** Waits until the first attempt of every delivery made for `due` is recorded. */
export async function whenRecorded(
  pool: Pool,
  { ids }: Endpoints,
  { due, count }: { due: string; count: number },
): Promise<Recorded> {
  for (;;) {
    const { rows } = await pool.query<{ done: number; refused: number; seconds: number; p99: number }>(
      `select count(*) as done, count(*) filter (where a.error is not null) as refused,
         extract(epoch from max(a.at) - $2)::float as seconds,
         percentile_disc(0.99) within group (order by extract(epoch from a.at - $2) * 1000)::float as p99
       from deliveries d join delivery_attempts a on a.delivery_id = d.id and a.round = d.round and a.n = 1
       where d.endpoint_id = any ($1) and d.created_at = $2`,
      [ids, due],
    );
    const { done, refused, seconds, p99 } = rows[0]!;
    if (done >= count) return { perSecond: count / seconds, p99Ms: p99, refused };
    await pause(500);
  }
}

function bodyOf(id: string, at: string): string {
  const order = {
    orderId: `ord_${id.slice(-12)}`,
    product: 'team_manual',
    priceCents: 4900,
    priceCurrency: 'USD',
    paymentId: '5000000001',
    status: 'paid' as const,
    customerReference: null,
    metadata: {},
    nextAction: 'none' as const,
    version: 3,
    payCurrency: 'usdttrc20',
    payAmountText: '49.10',
    actuallyPaid: '49.10',
    amountDue: '0',
    latePayments: [],
    money: { pay_currency: 'usdttrc20', network: 'trx', owed: '49.10', arrived: '49.10', missing: '0', excess: '0' },
  };
  return eventBody({ id, type, createdAt: at, data: eventData(type, order, { at }) });
}
