import type { PaymentId } from '../../domain/ids.js';
import type { CoinAmount } from '../../domain/money.js';
import type { CoinChoice, EarlierOffer } from '../../domain/payments/offer.js';
import type { Database } from '../pool.js';
import { execute, many, one, selectList } from '../query.js';
import { orderColumns, type OrderRow } from './orders.js';

/** What an order offered before: the terms that a payer was shown. */
export interface EarlierOfferRow extends EarlierOffer {
  readonly payAmount: CoinAmount;
  readonly payAddress: string;
}

export const offerColumns = selectList<EarlierOfferRow>({
  paymentId: 'payment_id',
  payCurrency: 'pay_currency',
  payAmount: 'pay_amount',
  payAddress: 'pay_address',
});

/** Oldest first. Only an order whose payer chooses has any. */
export async function earlierOffersOf(
  db: Database,
  { id, coinChoice }: { readonly id: string; readonly coinChoice: CoinChoice },
): Promise<EarlierOfferRow[]> {
  if (coinChoice !== 'payer') return [];
  return many<EarlierOfferRow>(
    db,
    `select ${offerColumns} from earlier_offers where order_id = $1 order by set_aside_at, payment_id`,
    [id],
  );
}

/** What stands now becomes an earlier offer. The caller holds the order's lock, and gives it another or none. */
export async function setOfferAside(db: Database, orderId: string): Promise<void> {
  await execute(
    db,
    `insert into earlier_offers (order_id, payment_id, pay_currency, pay_amount, pay_amount_text, pay_address, pay_extra_id,
       network, address_sha256, set_aside_at)
     select id, payment_id, pay_currency, pay_amount, pay_amount_text, pay_address, pay_extra_id, network, address_sha256,
       now()
     from orders where id = $1 and pay_address is not null`,
    [orderId],
  );
  await execute(db, `update payments set role = 'offer', updated_at = now() where order_id = $1 and role = 'bound'`, [
    orderId,
  ]);
}

/** Another coin is asked for, and has no payment yet. */
export function chooseCoin(db: Database, orderId: string, coin: string): Promise<OrderRow> {
  return one<OrderRow>(
    db,
    `update orders o set requested_coin = $2, choice = choice + 1, version = version + 1, updated_at = now(),
       payment_id = null, pay_currency = null, pay_amount = null, pay_amount_text = null, pay_address = null,
       pay_extra_id = null, network = null, address_sha256 = null, top_up_floor = null
     where id = $1 returning ${orderColumns}`,
    [orderId, coin],
  );
}

/** The coin that was chosen cannot be had: the payer chooses again. Nothing, where it has its payment, or is chosen no more. */
export function dropChoice(db: Database, { id, choice }: Pick<OrderRow, 'id' | 'choice'>): Promise<number> {
  return execute(
    db,
    `update orders set requested_coin = null, version = version + 1, updated_at = now()
     where id = $1 and choice = $2 and payment_id is null and coin_choice = 'payer'`,
    [id, choice],
  );
}

/** An earlier offer stands again, as it was shown. */
export async function takeOffer(db: Database, orderId: string, paymentId: PaymentId): Promise<OrderRow> {
  await execute(db, `update payments set role = 'bound', updated_at = now() where order_id = $1 and payment_id = $2`, [
    orderId,
    paymentId,
  ]);
  return one<OrderRow>(
    db,
    `with offer as (
       delete from earlier_offers where order_id = $1 and payment_id = $2 returning *
     )
     update orders o set requested_coin = f.pay_currency, payment_id = f.payment_id, pay_currency = f.pay_currency,
       pay_amount = f.pay_amount, pay_amount_text = f.pay_amount_text, pay_address = f.pay_address,
       pay_extra_id = f.pay_extra_id, network = f.network, address_sha256 = f.address_sha256, top_up_floor = null,
       version = version + 1, updated_at = now()
     from offer f where o.id = f.order_id returning ${orderColumns}`,
    [orderId, paymentId],
  );
}
