import { isZeroCoins, zeroCoins } from '../../domain/money.js';
import type { CoinAmount } from '../../domain/money.js';
import type { Database } from '../../db/pool.js';
import { closeMintIntent } from '../../db/money/mint-intents.js';
import { lockOrder } from '../../db/orders/orders.js';
import { bindPayment } from '../../db/orders/order-changes.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { findPayment, recordPayment } from '../../db/money/payments.js';
import { inTransaction, isUniqueViolation } from '../../db/query.js';
import { hashPayTarget } from '../../db/secrets/seal.js';
import { openCase } from '../../db/support/support-cases.js';
import type { MintedPayment } from '../../gateway/mint.js';
import type { OrderDependencies } from '../dependencies.js';

export interface MintedFor {
  readonly order: OrderRow;
  readonly keyLabel: string;
  readonly payment: MintedPayment;
  readonly attempt: number | null; // the mint intent that made it, if one did
  readonly arrived?: CoinAmount; // what an adopted payment already holds
}

/**
 * Binds a payment to its order, once, in one transaction. An order that has one, or no longer waits, keeps this payment
 * on record as an orphan. Answers `collision` when the address belongs to another open order: it must never be shown.
 */
export async function bindMinted(
  deps: OrderDependencies,
  minted: MintedFor,
): Promise<'bound' | 'orphan' | 'collision'> {
  try {
    return await inTransaction(deps.pool, (db) => bindOrRecord(db, deps, minted));
  } catch (failure) {
    if (!isUniqueViolation(failure)) throw failure;
    deps.alarms.raise('mint_collides', { orderId: minted.order.id, paymentId: minted.payment.paymentId });
    return 'collision';
  }
}

async function bindOrRecord(db: Database, deps: OrderDependencies, minted: MintedFor): Promise<'bound' | 'orphan'> {
  const { payment, keyLabel } = minted;
  const order = await lockOrder(db, minted.order.id);
  const at = await deps.now(db);
  const target = {
    orderId: order.id,
    coin: payment.payCurrency,
    network: payment.network,
    address: payment.payAddress,
    extraId: payment.payExtraId,
    amountText: payment.payAmount,
  };
  const already = order.paymentId === payment.paymentId;
  const bound =
    already ||
    (await bindPayment(
      db,
      order.id,
      {
        paymentId: payment.paymentId,
        payCurrency: payment.payCurrency,
        payAmountText: payment.payAmount,
        payAddress: payment.payAddress,
        payExtraId: payment.payExtraId,
        network: payment.network,
        addressSha256: hashPayTarget(deps.keyring.current, target),
        keyLabel,
      },
      at,
    ));
  if (minted.attempt !== null) {
    const closing = { orderId: order.id, attempt: minted.attempt, outcome: 'bound', paymentId: payment.paymentId, at };
    await closeMintIntent(db, { ...closing, outcome: 'bound' });
  }
  if (!already) await recordMint(db, order, minted, bound, at);
  return bound ? 'bound' : 'orphan';
}

async function recordMint(db: Database, order: OrderRow, minted: MintedFor, bound: boolean, at: string): Promise<void> {
  const { payment, keyLabel } = minted;
  if (await findPayment(db, order.mode, payment.paymentId)) {
    if (!bound) return;
  }
  const arrived = bound ? zeroCoins : (minted.arrived ?? zeroCoins);
  await recordPayment(db, {
    mode: order.mode,
    paymentId: payment.paymentId,
    orderId: order.id,
    role: bound ? 'bound' : 'orphan',
    parentPaymentId: null,
    keyLabel,
    providerStatus: 'waiting',
    coin: payment.payCurrency,
    arrived,
    applied: zeroCoins,
    excess: zeroCoins,
    unapplied: arrived,
    lateAt: null,
    at,
  });
  if (bound || isZeroCoins(arrived)) return;
  await openCase(db, {
    orderId: order.id,
    accountId: order.accountId,
    mode: order.mode,
    paymentId: payment.paymentId,
    kind: 'orphan_payment',
    actuallyPaid: arrived,
    payCurrency: payment.payCurrency,
    fact: { at, event: 'mint_found', arrived, detail: 'a second mint for the same order holds coins' },
    at,
  });
}
