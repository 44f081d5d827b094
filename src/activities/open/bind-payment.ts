import { isZeroCoins, zeroCoins, type CoinAmount } from '../../domain/money.js';
import type { Database } from '../../db/pool.js';
import { closeMintIntent } from '../../db/money/mint-intents.js';
import { lockOrder } from '../../db/orders/orders.js';
import { bindPayment, type Binding } from '../../db/orders/order-changes.js';
import { findPayment, recordPayment } from '../../db/money/payments.js';
import { inTransaction, isUniqueViolation } from '../../db/query.js';
import { hashPayTarget } from '../../db/secrets/seal.js';
import { openCase } from '../../db/support/support-cases.js';
import type { MintedPayment } from '../../gateway/mint.js';
import { existingOrder } from '../order-state.js';
import { tellOfCases } from '../tell-of-cases.js';
import type { Minting } from './minting.js';

/** A payment that came of a minting. */
export interface Minted {
  readonly payment: MintedPayment;
  readonly attempt: number | null; // the mint intent that made it, if one did
  readonly arrived?: CoinAmount; // what an adopted payment already holds
}

/**
 * Binds a payment to its order, once, in one transaction. An order that has one, or no longer waits, keeps this payment
 * on record as an orphan. Answers `collision` when the address belongs to another open order: it must never be shown.
 */
export async function bindMinted(minting: Minting, minted: Minted): Promise<'bound' | 'orphan' | 'collision'> {
  const { deps, order } = minting;
  try {
    return await inTransaction(deps.pool, (db) => bindOrRecord(db, minting, minted));
  } catch (failure) {
    if (!isUniqueViolation(failure)) throw failure;
    deps.alarms.raise('mint_collides', { orderId: order.id, paymentId: minted.payment.paymentId });
    return 'collision';
  }
}

async function bindOrRecord(db: Database, minting: Minting, minted: Minted): Promise<'bound' | 'orphan'> {
  const { payment, attempt } = minted;
  const order = await lockOrder(db, minting.order.id);
  const at = await minting.deps.now(db);
  const binding = bindingOf(minting, payment);
  const already = order.paymentId === payment.paymentId;
  const bound = already || (await bindPayment(db, order.id, binding, at));
  if (attempt !== null) {
    const { paymentId } = payment;
    await closeMintIntent(db, { orderId: order.id, attempt, outcome: 'bound', paymentId, at });
  }
  if (already) return 'bound';
  if (bound) await recordMint(db, minting, minted, { role: 'bound', at });
  else await recordOrphan(db, minting, minted, at);
  return bound ? 'bound' : 'orphan';
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

/** The order's own payment is read like any other from now on: nothing of it counts as arrived before. */
function recordMint(
  db: Database,
  { order, account }: Minting,
  { payment, arrived = zeroCoins }: Minted,
  { role, at }: { role: 'bound' | 'orphan'; at: string },
): Promise<number> {
  const held = role === 'bound' ? zeroCoins : arrived;
  return recordPayment(db, {
    mode: order.mode,
    paymentId: payment.paymentId,
    orderId: order.id,
    role,
    parentPaymentId: null,
    keyLabel: account.keyLabel,
    providerStatus: 'waiting',
    coin: payment.payCurrency,
    arrived: held,
    applied: zeroCoins,
    excess: zeroCoins,
    unapplied: held,
    lateAt: null,
    at,
  });
}

/** A second mint of the same order stays on record, once; with coins it is support's. */
async function recordOrphan(db: Database, minting: Minting, minted: Minted, at: string): Promise<void> {
  const { order } = minting;
  const { payment, arrived = zeroCoins } = minted;
  if (await findPayment(db, order.mode, payment.paymentId)) return;
  await recordMint(db, minting, minted, { role: 'orphan', at });
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
  await tellOfCases(db, await existingOrder(db, order.id), at);
}
