import { isZeroCoins, zeroCoins, type CoinAmount } from '../../domain/money.js';
import type { Database } from '../../db/pool.js';
import { closeMintIntent } from '../../db/money/mint-intents.js';
import { lockOrder, type OrderRow } from '../../db/orders/orders.js';
import { bindPayment, type Binding } from '../../db/orders/order-binding.js';
import { findPayment, recordPayments, type PaymentRecord, type PaymentRow } from '../../db/money/payments.js';
import { inTransaction, isUniqueViolation } from '../../db/query.js';
import { hashPayTarget } from '../../db/secrets/seal.js';
import { openCase } from '../../db/support/support-cases.js';
import type { MintedPayment } from '../../gateway/mint.js';
import { tellOfCases } from '../tell-of-cases.js';
import type { Minting } from './minting.js';

/** A payment that came of a minting. */
export interface Minted {
  readonly payment: MintedPayment;
  readonly attempt: number | null; // the mint intent that made it, if one did
  readonly arrived?: CoinAmount; // what an adopted payment already holds
}

/** The order with the payment that is bound to it. */
export interface Bound {
  readonly order: OrderRow;
  readonly payment: PaymentRow;
}

export type BindResult =
  ({ readonly kind: 'bound' } & Bound) | { readonly kind: 'bound before' | 'orphan' | 'collision' };

/**
 * Binds a payment to its order, once, all at once. An order that has one, or no longer waits, keeps this payment on record as
 * an orphan. Answers `collision` when the address belongs to another open order: it must never be shown.
 */
export async function bindMinted(minting: Minting, minted: Minted): Promise<BindResult> {
  const { deps, order } = minting;
  try {
    const bound = await bindPayment(deps.pool, order.id, bindingOf(minting, minted.payment), minted.attempt);
    if (bound) return { kind: 'bound', ...bound };
    return await inTransaction(deps.pool, (db) => recordUnbound(db, minting, minted));
  } catch (failure) {
    if (!isUniqueViolation(failure)) throw failure;
    deps.alarms.raise('mint_collides', { orderId: order.id, paymentId: minted.payment.paymentId });
    return { kind: 'collision' };
  }
}

/** What could not be bound: it is already, or comes too late. */
async function recordUnbound(db: Database, minting: Minting, minted: Minted): Promise<BindResult> {
  const { attempt, payment } = minted;
  const { order, at } = await lockOrder(db, minting.order.id);
  const { paymentId } = payment;
  if (attempt !== null) await closeMintIntent(db, { orderId: order.id, attempt, outcome: 'bound', paymentId });
  if (order.paymentId === paymentId) return { kind: 'bound before' };
  if (!(await findPayment(db, order.mode, paymentId))) await recordOrphan(db, minting, minted, { order, at });
  return { kind: 'orphan' };
}

function bindingOf({ deps, order, account, clocks }: Minting, payment: MintedPayment): Binding {
  const addressSha256 = hashPayTarget(deps.keyring.current, {
    orderId: order.id,
    coin: payment.payCurrency,
    network: payment.network,
    address: payment.payAddress,
    extraId: payment.payExtraId,
    amountText: payment.payAmount,
  });
  return {
    paymentId: payment.paymentId,
    payCurrency: payment.payCurrency,
    payAmountText: payment.payAmount,
    payAddress: payment.payAddress,
    payExtraId: payment.payExtraId,
    network: payment.network,
    addressSha256,
    keyLabel: account.keyLabel,
    payWindowMs: clocks.payWindowMs,
  };
}

/** A second mint of the same order stays on record, once; with coins it is support's. */
async function recordOrphan(
  db: Database,
  { deps, account }: Minting,
  { payment, arrived = zeroCoins }: Minted,
  { order, at }: { order: OrderRow; at: string },
): Promise<void> {
  const orphan: PaymentRecord = {
    mode: order.mode,
    paymentId: payment.paymentId,
    orderId: order.id,
    role: 'orphan',
    parentPaymentId: null,
    keyLabel: account.keyLabel,
    providerStatus: 'waiting',
    coin: payment.payCurrency,
    arrived,
    applied: zeroCoins,
    excess: zeroCoins,
    unapplied: arrived,
    lateAt: null,
    at,
  };
  await recordPayments(db, order.id, [orphan]);
  if (isZeroCoins(arrived)) return;
  await openCase(db, {
    orderId: order.id,
    accountId: order.accountId,
    mode: order.mode,
    paymentId: payment.paymentId,
    kind: 'orphan_payment',
    actuallyPaid: arrived,
    payCurrency: payment.payCurrency,
    evidence: { at, event: 'mint_found', arrived, detail: 'a second mint for the same order holds coins' },
    at,
  });
  await tellOfCases({ ...deps, db }, order, at);
}
