import type { AccountId, Mode, OrderId, PaymentId } from '../../domain/ids.js';
import type { CoinAmount } from '../../domain/money.js';
import type { FailedReason } from '../../domain/failed-reason.js';
import type { OrderStatus } from '../../domain/order.js';
import type { CoinChoice } from '../../domain/payments/offer.js';
import type { StubReason } from '../../domain/stub.js';
import type { Database } from '../pool.js';
import { many, maybeOne, one, selectList } from '../query.js';

export interface OrderRow {
  readonly id: OrderId;
  readonly accountId: AccountId;
  readonly mode: Mode;
  readonly product: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly status: OrderStatus;
  readonly provider: 'nowpayments' | 'stub';
  readonly stubReason: StubReason | null; // why it is a stub; null: it is none, or older than the reasons
  readonly stubMinimum: string | null;
  readonly stubMinimumCurrency: string | null;
  readonly coinChoice: CoinChoice;
  readonly choice: number; // how often its payer has chosen
  readonly requestedCoin: string | null; // null: its payer has not chosen yet
  readonly paymentId: PaymentId | null;
  readonly payCurrency: string | null;
  readonly payAmount: CoinAmount | null;
  readonly payAmountText: string | null;
  readonly payAddress: string | null;
  readonly payExtraId: string | null;
  readonly network: string | null;
  readonly addressSha256: string | null;
  readonly providerKeyLabel: string | null;
  readonly openedAt: string | null;
  readonly customerNote: string | null;
  readonly internalNote: string | null;
  readonly customerReference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string | null; // what its payer reads beside the price
  readonly successUrl: string | null; // where its payer may go on to: once it is paid
  readonly returnUrl: string | null; // whatever became of it
  readonly cancelUrl: string | null; // while nothing was paid, and when nothing will be
  readonly payToken: string;
  readonly version: number;
  readonly expiresAt: string;
  readonly confirmingSince: string | null;
  readonly partialUntil: string | null;
  readonly topUpFloor: CoinAmount | null; // what the provider takes at least; null: not known
  readonly paidAt: string | null;
  readonly closedAt: string | null;
  readonly failedReason: FailedReason | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The columns of an OrderRow, for every statement that answers one. */
export const orderColumns = selectList<OrderRow>({
  id: 'o.id',
  accountId: 'o.account_id',
  mode: 'o.mode',
  product: 'o.product',
  priceCents: 'o.price_cents',
  priceCurrency: 'o.price_currency',
  status: 'o.status',
  provider: 'o.provider',
  stubReason: 'o.stub_reason',
  stubMinimum: 'o.stub_minimum',
  stubMinimumCurrency: 'o.stub_minimum_currency',
  coinChoice: 'o.coin_choice',
  choice: 'o.choice',
  requestedCoin: 'o.requested_coin',
  paymentId: 'o.payment_id',
  payCurrency: 'o.pay_currency',
  payAmount: 'o.pay_amount',
  payAmountText: 'o.pay_amount_text',
  payAddress: 'o.pay_address',
  payExtraId: 'o.pay_extra_id',
  network: 'o.network',
  addressSha256: 'o.address_sha256',
  providerKeyLabel: 'o.provider_key_label',
  openedAt: 'o.opened_at',
  customerNote: 'o.customer_note',
  internalNote: 'o.internal_note',
  customerReference: 'o.customer_reference',
  metadata: 'o.metadata',
  description: 'o.description',
  successUrl: 'o.success_url',
  returnUrl: 'o.return_url',
  cancelUrl: 'o.cancel_url',
  payToken: 'o.pay_token',
  version: 'o.version',
  expiresAt: 'o.expires_at',
  confirmingSince: 'o.confirming_since',
  partialUntil: 'o.partial_until',
  topUpFloor: 'o.top_up_floor',
  paidAt: 'o.paid_at',
  closedAt: 'o.closed_at',
  failedReason: 'o.failed_reason',
  createdAt: 'o.created_at',
  updatedAt: 'o.updated_at',
});

export function findOrder(db: Database, id: string): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(db, `select ${orderColumns} from orders o where o.id = $1`, [id]);
}

export function findOrders(db: Database, ids: readonly string[]): Promise<OrderRow[]> {
  return many<OrderRow>(db, `select ${orderColumns} from orders o where o.id = any ($1)`, [ids]);
}

/** An order as its owner may see it: another account's or mode's is not there. */
export function findOwnOrder(
  db: Database,
  owner: { accountId: string; mode: Mode },
  id: string,
): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(
    db,
    `select ${orderColumns} from orders o where o.id = $1 and o.account_id = $2 and o.mode = $3`,
    [id, owner.accountId, owner.mode],
  );
}

export function findOrderByToken(db: Database, token: string): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(db, `select ${orderColumns} from orders o where o.pay_token = $1`, [token]);
}

export function findOrderByPayment(db: Database, mode: Mode, paymentId: string): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(db, `select ${orderColumns} from orders o where o.mode = $1 and o.payment_id = $2`, [
    mode,
    paymentId,
  ]);
}

/**
 * Locks the row until the transaction ends: whoever settles an order does it alone. `at`: the moment from which it is locked, by
 * the database's clock, so that what one writer after the other notes has rising instants.
 */
export async function lockOrder(db: Database, id: string): Promise<{ order: OrderRow; at: string }> {
  const { at, ...order } = await one<OrderRow & { at: string }>(
    db,
    `with locked as materialized (select ${orderColumns} from orders o where o.id = $1 for update)
     select *, clock_timestamp() as at from locked`,
    [id],
  );
  return { order, at };
}

/** The oldest pending orders created before `before`: what an operator's sweep hands expiry facts to. */
export function pendingCreatedBefore(
  db: Database,
  before: string,
  { mode, limit }: { mode: Mode | null; limit: number },
): Promise<OrderRow[]> {
  return many<OrderRow>(
    db,
    `select ${orderColumns} from orders o where o.status = 'pending' and o.created_at <= $1
       and ($2::text is null or o.mode = $2) order by o.created_at, o.id limit $3`,
    [before, mode, limit],
  );
}
